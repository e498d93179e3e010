"""What a bundle says about itself."""

from typing import Final

README: Final = """\
Evidence of one incident, made by sellerwatch.

incident.json    the incident: exposure, reasons, and what was usual
events.ndjson    every access event of its principal from an hour before it began to an hour after
                 its last one, as far as the topic reaches; in_incident marks its own. Subjects
                 (buyers, orders, suppliers) are keyed hashes: no name and no address is here.
                 partition and offset say where the event stands on the topic
history.ndjson   earlier states of the incident, as far as its topic holds them
verdicts.ndjson  what people said it was, who took it, and what was done
custody.ndjson   who opened it, judged it and made bundles of it
model.json       what the detector knows of the principal, from its newest checkpoint
manifest.json    who made this bundle and when, what was read of which topic and what is missing,
                 and the size and SHA-256 of each file above
manifest.sig     an Ed25519 signature of manifest.json

Check it with sellerwatch:

    sellerwatch evidence verify FILE --key evidence.pub

or without, after unzipping it:

    openssl pkeyutl -verify -pubin -inkey evidence.pub -rawin -in manifest.json \\
        -sigfile manifest.sig
    sha256sum *.json *.ndjson README.txt

Get evidence.pub from whoever made the bundle by another way than the bundle, and note in your own
records who received this file and when, with the SHA-256 of manifest.json.
"""
