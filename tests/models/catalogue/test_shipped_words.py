"""What a seller keeps, as buckets and tables are named in each language of the marketplaces."""

import pytest

from streams.catalogue.catalogue_files import load_resource_classes

SHIPPED = load_resource_classes()
# In the order of the columns below: what it is, and its class.
THINGS = {
    "customer": "customer", "address": "customer", "order": "customer", "supplier": "supplier",
    "purchase price": "supplier", "invoice": "financial", "payment": "payment",
    "payout": "financial", "bank account": "payment", "employee": "workforce",
    "salary": "workforce", "stock": "inventory",
}  # fmt: skip
# One of each thing, then many of it; names of a thing are separated by spaces.
NAMES = {
    "en": "customer buyers|address shipping-addresses|order orders|supplier vendors|purchase-price "
    "purchase_prices unit-costs|invoice invoices|payment payments|settlement payouts|bank-account "
    "bankaccounts|employee employees|salary payrolls|warehouse stocks",
    "es": "cliente compradores|direccion-de-envio direcciones|pedido pedidos|proveedor proveedores|"
    "precio-de-compra precios_de_compra|factura facturas|pago pagos|liquidacion desembolsos|"
    "cuenta-bancaria cuentas-bancarias|empleado empleados|salario nominas|almacen almacenes",
    "pt": "cliente compradores|endereco enderecos|pedido pedidos|fornecedor fornecedores|"
    "preco-de-compra precos-de-custo|fatura faturas|pagamento pagamentos|liquidacao repasses|"
    "conta-bancaria contas-bancarias|funcionario funcionarios|salario folhas-de-pagamento|"
    "estoque armazens",
    "fr": "client acheteurs|adresse adresses|commande commandes|fournisseur fournisseurs|"
    "prix-d-achat prix_achat|facture factures|paiement paiements|versement reversements|"
    "compte-bancaire comptes-bancaires|employe employes|salaire bulletins-de-paie|"
    "entrepot stocks",
    "nl": "klant kopers|adres adressen|bestelling bestellingen|leverancier leveranciers|"
    "inkoopprijs inkoopprijzen|factuur facturen|betaling betalingen|uitbetaling uitbetalingen|"
    "bankrekening bankrekeningen|werknemer werknemers|salaris salarissen|magazijn voorraden",
    "de": "kunde kunden|adresse lieferadressen|bestellung bestellungen|lieferant lieferanten|"
    "einkaufspreis einkaufspreise|rechnung rechnungen|zahlung zahlungen|auszahlung auszahlungen|"
    "bankkonto bankkonten|mitarbeiter angestellten|gehalt loehne|lagerbestand bestaende",
    "it": "cliente acquirenti|indirizzo indirizzi|ordine ordini|fornitore fornitori|"
    "prezzo-di-acquisto prezzi-acquisto|fattura fatture|pagamento pagamenti|liquidazione "
    "liquidazioni|conto-corrente conti-bancari|dipendente dipendenti|stipendio stipendi|"
    "magazzino giacenze",
    "sv": "kund koepare|adress leveransadresser|bestallning bestallningar|leverantor leverantorer|"
    "inkopspris inkopspriser|faktura fakturor|betalning betalningar|utbetalning utbetalningar|"
    "bankkonto bankkonton|anstalld anstallda|loenelista loneuppgifter|lagersaldo lagersaldon",
    "pl": "klient kupujacy|adres adresy|zamowienie zamowienia|dostawca dostawcy|cena-zakupu "
    "ceny-zakupu|faktura faktury|platnosc platnosci|wyplata rozliczenia|konto-bankowe "
    "konta-bankowe|pracownik pracownicy|wynagrodzenie pensje|magazyn magazyny",
    "ar": "عميل العملاء|عنوان-الشحن عناوين-الشحن|طلبية الطلبات|مورد الموردين|سعر-الشراء "
    "أسعار-الشراء|فاتورة الفواتير|دفعة المدفوعات|تسوية التسويات|حساب-بنكي حسابات-بنكية|"
    "موظف الموظفين|راتب الرواتب|مستودع المخزون",
    "tr": "musteri alicilar|adres adresler|siparis siparisler|tedarikci tedarikciler|alis-fiyati "
    "alis-fiyatlari|fatura faturalar|odeme odemeler|hakedis hakedisler|banka-hesabi "
    "banka-hesaplari|calisan calisanlar|maas bordrolar|depo stoklar",
    "hi": "ग्राहक ग्राहकों खरीदार grahak|पता पते|ऑर्डर ऑर्डरों आदेश|आपूर्तिकर्ता आपूर्तिकर्ताओं|खरीद-मूल्य "
    "क्रय_मूल्य|चालान बीजक|भुगतान bhugtan|निपटान निपटानों|बैंक-खाता बैंक_खाते|कर्मचारी कर्मचारियों karmchari|"
    "वेतन vetan|गोदाम भंडार",
    "ja": "顧客 購入者一覧|住所 配送先住所|注文 受注データ|仕入先 取引先|仕入価格 仕入原価|請求書 "
    "seikyusho|支払 決済履歴|精算 入金|銀行口座 口座|従業員 社員|給与 給料|倉庫 在庫表",
    "zh": "客户 买家 顾客|地址 收货地址 收件地址|订单 訂單|供应商 供货商|采购价 进货价|发票 fapiao|"
    "支付 付款|结算 回款|银行账户 銀行帳戶 银行账号|员工 雇员|工资 薪资|仓库 库存",
    "ru": "клиент клиенты покупателей klienty|адрес адреса|заказ заказы zakazy|поставщик "
    "поставщики postavshchiki|закупочная-цена закупочные_цены|счет-фактура накладные|платеж "
    "платежи platezhi|выплата выплаты|банковский-счет банковские_счета|сотрудник сотрудники "
    "sotrudniki|зарплата оклады zarplata|склад остатки sklady",
    "uk": "клієнт клієнти покупців|адреса адреси|замовлення zamovlennia|постачальник "
    "постачальники|закупівельна-ціна закупівельні_ціни|рахунок-фактура накладні|платіж платежі|"
    "виплата виплати|банківський-рахунок банківські_рахунки|співробітник працівники|зарплата "
    "зарплати|склад запаси",
}  # fmt: skip
# Whatever anybody keeps.
HARMLESS = (
    "backup backups images image tmp temp logs log public static www assets cdn media uploads "
    "config build dist artifacts cache data test dev staging prod archive docs website terraform "
    "lambda state metrics events default main shared scripts releases docker ip-addresses "
    "mac-address ipAddress email_templates address-space adresse-ip enderecos-ip direccion-ip "
    "cost-explorer costs-and-usage unit-tests bank-holidays account-settings network-addresses "
    "ip地址 网址 下载地址 loner メモリ картинки логи резервные-копии журналы छवियां लॉग صور سجلات"
)


@pytest.mark.parametrize(
    ("language", "thing", "name"),
    [
        (language, thing, name)
        for language, row in NAMES.items()
        for thing, names in zip(THINGS, row.split("|"), strict=True)
        for name in names.split()
    ],
)
@pytest.mark.parametrize("around", ["{}", "acme-{}-2026", "PROD_{}.v2"])
def test_a_name_says_what_a_seller_keeps(language: str, thing: str, name: str, around: str) -> None:
    assert said_by(around.format(name)) == [THINGS[thing]], language


@pytest.mark.parametrize("name", HARMLESS.split())
def test_what_anybody_keeps_says_nothing(name: str) -> None:
    assert said_by(name) == []


def said_by(name: str) -> list[str]:
    return [str(one) for one in SHIPPED.of("s3", name).data_classes]
