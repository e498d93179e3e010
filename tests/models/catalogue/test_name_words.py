"""The shipped words, in the languages of the marketplaces, and how a name is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.name_words import NameWords, WordList, words_of
from models.domain.data_class import DataClass
from streams.catalogue.catalogue_files import load_resource_classes

SHIPPED = load_resource_classes()
# Language -> class -> names that say it.
SAY = {
    "en": {
        "customer": "acme-orders CustomerData2026 salesorders acmecustomers order_history",
        "payment": "payments card-vault prod.pci.archive creditcards",
        "financial": "invoices_2026 tax-2026 Settlements ledgerDb",
        "supplier": "supplier-prices purchaseOrders vendorlist acmepurchaseorders",
        "workforce": "hr-files payroll staffSalaries employeedata",
        "inventory": "stock-levels warehouse-eu inventorysnapshots",
        "catalog": "product-images catalogue listings",
    },
    "de": {
        "customer": "kundendaten neukunden Bestellungen kaeufer Käuferliste acme-kunde",
        "payment": "zahlungen kreditkarten-export Bankverbindung",
        "financial": "rechnungen-2026 Abrechnung umsaetze auszahlungen",
        "supplier": "lieferanten Lieferantenpreise einkaufspreise",
        "workforce": "mitarbeiter Gehälter gehaltsabrechnung mitarbeiterinnen",
        "inventory": "lagerbestand bestaende Lager-Nord",
        "catalog": "produkte katalog",
    },
    "fr": {
        "customer": "clients-fr commandes acheteurs",
        "payment": "paiements cartes_bancaires",
        "financial": "factures-2026 comptabilité chiffre-d-affaires",
        "supplier": "fournisseurs bons-de-commande",
        "workforce": "employés salaires-2026 bulletin_de_paie",
        "inventory": "stocks entrepôts inventaires",
        "catalog": "produits catalogue-fr",
    },
    "it": {
        "customer": "clienti ordini-2026 acquirenti",
        "payment": "pagamenti carte-di-credito",
        "financial": "fatture contabilita",
        "supplier": "fornitori ordini_di_acquisto",
        "workforce": "dipendenti stipendi buste-paga",
        "inventory": "magazzino giacenze",
        "catalog": "prodotti cataloghi",
    },
    "es": {
        "customer": "clientes-mx pedidos compradores",
        "payment": "pagos tarjetas_de_credito cuentas-bancarias",
        "financial": "facturas liquidaciones impuestos",
        "supplier": "proveedores ordenes-de-compra",
        "workforce": "empleados nominas salarios",
        "inventory": "inventarios almacenes existencias",
        "catalog": "productos catalogos",
    },
    "pt": {
        "customer": "clientes-br encomendas pedidos",
        "payment": "pagamentos cartoes contas-bancarias",
        "financial": "faturas notas-fiscais impostos",
        "supplier": "fornecedores pedidos-de-compra",
        "workforce": "funcionarios folha-de-pagamento salarios",
        "inventory": "estoque armazens",
        "catalog": "produtos",
    },
    "nl": {
        "customer": "klanten bestellingen klantgegevens",
        "payment": "betalingen bankrekening",
        "financial": "facturen boekhouding omzet-2026",
        "supplier": "leveranciers inkoopprijzen",
        "workforce": "medewerkers salarissen personeel",
        "inventory": "voorraad magazijnen",
        "catalog": "producten",
    },
    "pl": {
        "customer": "klienci zamowienia klientow",
        "payment": "platnosci karty-platnicze",
        "financial": "faktury rozliczenia ksiegowosc",
        "supplier": "dostawcy zamowienia_zakupu",
        "workforce": "pracownicy wynagrodzenia lista-plac",
        "inventory": "magazyn stany-magazynowe",
        "catalog": "produkty",
    },
    "sv": {
        "customer": "kunder bestallningar kundregister",
        "payment": "betalningar kreditkort",
        "financial": "fakturor bokforing omsattning",
        "supplier": "leverantorer inkopspriser",
        "workforce": "anstallda medarbetare loenelista",
        "inventory": "lagersaldo varulager",
        "catalog": "produkter",
    },
    "tr": {
        "customer": "musteriler siparisler müşteri",
        "payment": "odemeler kredi-karti",
        "financial": "faturalar muhasebe vergi",
        "supplier": "tedarikciler satin-alma",
        "workforce": "calisanlar maaslar bordro",
        "inventory": "stoklar envanter depolar",
        "catalog": "urunler",
    },
    "ja": {
        "customer": "kokyaku-list chumon 顧客一覧 受注データ",
        "payment": "kessai 決済履歴",
        "financial": "seikyusho uriage 請求書2026 売上",
        "supplier": "shiiresaki 仕入先",
        "workforce": "kyuyo jugyoin 従業員名簿",
        "inventory": "zaiko 在庫表",
        "catalog": "shohin 商品",
    },
    "zh": {
        "customer": "dingdan prod-dingdanbiao kehu 历史订单表 客户",
        "payment": "zhifu 支付记录 信用卡",
        "financial": "fapiao caiwu 发票",
        "supplier": "gongyingshang 供应商价格 采购订单",
        "workforce": "yuangong gongzi-2026 员工",
        "inventory": "kucun 库存 仓库",
        "catalog": "shangpin 产品",
    },
    "ar": {
        "customer": "umala talabat العملاء",
        "payment": "madfuat المدفوعات",
        "financial": "fawatir الفواتير",
        "supplier": "muwarridin الموردين",
        "workforce": "muwazzafin rawatib الموظفين",
        "inventory": "makhzun المخزون",
        "catalog": "muntajat المنتجات",
    },
}  # fmt: skip
# Names that look like one of the class in their language, and say nothing of it.
ONLY_LOOK = {
    "en": "customer:custom-build customer:recorder-border customer:disorder "
    "customer:ordering-service "
    "customer:consumer-group-7 customer:api-clients customer:sort-order payment:postcards "
    "customer:http-клиент customer:веб-клиент-логи customer:cliente-http customer:grpc-client "
    "payment:scorecards financial:taxonomy financial:taxi-trips financial:refinance-lab "
    "supplier:vendored-code workforce:staffordshire workforce:chr-data workforce:hro-lab "
    "inventory:data-warehouse inventory:stockholm inventory:livestock catalog:production "
    "catalog:productivity customer:purchase-orders",
    "de": "customer:sekunden customer:millisekunden customer:bekunden customer:auftragen "
    "financial:berechnungen "
    "financial:steuerung workforce:belohnung workforce:alkoholgehalt inventory:lagerfeuer "
    "inventory:beständig supplier:lieferung catalog:produktion payment:bezahlbar",
    "fr": "financial:manufacture customer:clientelism customer:commander payment:carte-routiere "
    "workforce:paien inventory:entreposer supplier:fournir catalog:produire",
    "it": "customer:ordinare financial:fattore workforce:stipendiare inventory:magazzeno "
    "supplier:fornire payment:pagina catalog:prodotta",
    "es": "customer:pedir payment:pagoda financial:facturable workforce:empleo inventory:almacenar "
    "supplier:proveer catalog:producir",
    "pt": "customer:pedir payment:pagina financial:faturavel workforce:funcionar inventory:estocar "
    "supplier:fornecer catalog:produzir",
    "nl": "customer:koper inventory:bestanden supplier:levering financial:factoor workforce:werk "
    "payment:betalen catalog:productie",
    "pl": "workforce:place payment:karton customer:klientela-x supplier:dostawa inventory:magazyna "
    "financial:fakt catalog:produkcja",
    "sv": "customer:kundalini financial:moms workforce:loner supplier:leverans inventory:lagring "
    "payment:betala catalog:produktion",
    "tr": "inventory:depozito customer:siparissiz-x payment:odem financial:vergili "
    "workforce:maasli "
    "supplier:tedarik catalog:urunsuz",
    "ja": "customer:kokyo payment:kesshin financial:seikyo supplier:shiin workforce:kyuka "
    "inventory:zairyo inventory:データ倉庫 catalog:shoho",
    "zh": "customer:dingding customer:客户端 payment:zhifeng financial:fapi supplier:gongying "
    "workforce:gongzuo inventory:kuaidi inventory:数据仓库 catalog:shangban",
    "ar": "customer:talab payment:madfa financial:fatir supplier:muwarid workforce:muwazi "
    "inventory:makhraj catalog:muntada",
}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "kind", "names"),
    [(language, kind, names) for language, kinds in SAY.items() for kind, names in kinds.items()],
)
def test_a_name_says_its_class_in_every_language(language: str, kind: str, names: str) -> None:
    assert {name: [str(one) for one in of(name)] for name in names.split()} == {
        name: [kind] for name in names.split()
    }


def test_every_language_says_every_class() -> None:
    sensitive = {str(one) for one in DataClass} - {"none", "unclassified"}
    assert all(set(kinds) == sensitive for kinds in SAY.values())
    for language, pairs in ONLY_LOOK.items():
        assert {pair.partition(":")[0] for pair in pairs.split()} == sensitive, language


@pytest.mark.parametrize(
    ("kind", "name"),
    [tuple(pair.split(":")) for pairs in ONLY_LOOK.values() for pair in pairs.split()],
)
def test_what_only_looks_like_a_class_does_not_say_it(kind: str, name: str) -> None:
    assert kind not in [str(one) for one in of(name)]


def of(name: str) -> tuple[DataClass, ...]:
    return SHIPPED.of("glue", name).data_classes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prod-customerOrders2026.v2", ["prod", "customer", "orders", "v"]),
        ("AWSLogs", ["aws", "logs"]),
        ("KÄUFER_ÉTÉ", ["kaufer", "ete"]),
        ("ｏｒｄｅｒｓ", ["orders"]),
        ("İSTANBUL ıslak", ["istanbul", "islak"]),
        ("Łódź", ["lodz"]),
        ("订单2026表", ["订单", "表"]),
        ("भुगतान_2026", ["भुगतान"]),
        ("МоиЗаказы2026", ["мои", "заказы"]),
        ("ЗАКАЗЫ ґанок", ["заказы", "ґанок"]),
        ("4111 1111", []),
        ("", []),
    ],
)
def test_a_name_is_cut_into_words(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def test_a_later_list_wins() -> None:
    words = NameWords([WordList(DataClass.CUSTOMER, ("order",)), WordList(None, ("order",))])
    assert list(words.classes_of("order")) == []


@given(st.text(max_size=80))
def test_any_name_is_answered(name: str) -> None:
    assert all(isinstance(one, DataClass) for one in SHIPPED.by_name(name))


@given(st.lists(st.sampled_from(["orders", "ORDERS", "Orders"]), min_size=1, max_size=4),
       st.sampled_from(["-", "_", ".", "/", " ", "7"]))  # fmt: skip
def test_no_separator_hides_a_word(words: list[str], separator: str) -> None:
    assert of(separator.join(words)) == (DataClass.CUSTOMER,)
