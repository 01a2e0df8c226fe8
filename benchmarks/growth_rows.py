"""A register with very many rows in PostgreSQL, by SQL: copies of one permit that was really issued and endorsed.

The copies have keys from a million on; what is really issued between two fillings has those below.

Two lines a permit, an endorsement for six in ten, five events each, linked into their Party's chain.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

BASE = 1_000_000
LINES = 2
TAXA = ("Crocodylus novaeguineae", "Crocodylus porosus", "Varanus salvator", "Python reticulatus", "Aloe ferox",
        "Galanthus elwesii", "Hippopotamus amphibius", "Pericopsis elata", "Prunus africana", "Psittacus erithacus")
PARTNERS = ("QZ", "CH", "FR", "JP", "US", "DE", "KE", "BR")
KINDS = ("submit", "approve", "issue", "permit-issued", "read")
NUMBER = "'25' || {party} || lpad(i::text, 7, '0') || 'E'"
CASE = "{party} || '-A-2025-' || lpad(i::text, 7, '0')"
AT = ("(timestamptz '{now}' - interval '1 day' - make_interval(secs => "
      "{days} * 86400.0 * (i * {stride}::bigint %% {most}) / {most}.0))")
STRIDE = 7919
"""Days are dealt out in strides, so that at every size the same five years are filled evenly."""
DAYS = 1800
"""Five years, so that every size looks like the same office with more to do."""


class Filler:
    """Adds copies number `start` to `stop` of the model permit. `others`: codes of the Parties that share the tables;
    the first `own` permits are QM's, the rest theirs in turn."""

    def __init__(self, connection: Any, permit: Any, *, most: int, own: int = 0, others: tuple[str, ...] = ()) -> None:
        self.connection, self.permit, self.most = connection, permit, most
        self.own, self.others = own or most, others
        self.now = datetime.now(UTC).replace(microsecond=0)
        codes = ",".join(f"'{each}'" for each in others)
        self.party = (f"(CASE WHEN i < {self.own} THEN 'QM' ELSE (ARRAY[{codes}])[1 + i % {len(others)}] END)"
                      if others else "'QM'")
        self.at = AT.format(now=self.now.isoformat(), days=DAYS, most=most, stride=STRIDE)

    def fill(self, start: int, stop: int) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # the copies break no rule: none is asked
            cursor.execute("SET synchronous_commit = off")
            self._rows(cursor, start, stop)
            self._events(cursor, start, stop)
            cursor.execute("SET session_replication_role = origin")
        with self.connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def _rows(self, cursor: Any, start: int, stop: int) -> None:
        number, case = NUMBER.format(party=self.party), CASE.format(party=self.party)
        permit, endorsement = self.permit, self.permit.endorsements.get()
        line, moved = permit.lines.first(), endorsement.lines.first()
        key, taxon = f"{BASE} + i", f"(ARRAY{list(TAXA)})[1 + (i * {STRIDE}::bigint) %% {len(TAXA)}]"
        holder = self._holders(cursor, stop)
        each = f"generate_series({start}, {stop - 1}) AS g(i)"
        lines = f"{each}, generate_series(0, {LINES - 1}) AS h(k)"
        some = f"{each} WHERE i %% 10 < 6"
        tables = ["permits_application", "permits_casetaxon", "permits_permit", "permits_permitline",
                  "permits_permitstatus", "customs_endorsement", "customs_endorsementline"]
        self._copy(cursor, tables[0], permit.application_id, each, {
            "id": key, "party": self.party, "number": case, "organisation_id": holder, "state": "'issued'",
            "submitted_at": self.at, "started_at": self.at, "changed_at": self.at})
        cursor.execute(f"INSERT INTO {tables[1]} (application_id, taxon) SELECT {key}, {taxon} FROM {each}".replace(
            "%%", "%"))
        self._copy(cursor, tables[2], permit.pk, each, {
            "id": key, "party": self.party, "number": number, "organisation_id": holder, "application_id": key,
            "issued_at": self.at, "valid_until": f"({self.at} + interval '180 days')::date",
            "importer_country": f"(ARRAY{list(PARTNERS)})[1 + i %% {len(PARTNERS)}]",
            "record_json": f"replace(m.record_json, '{permit.number}', {number})",
            "shard": "'25Q' || (1 + (i / 50000) %% 4) || '/' || (i / 200000)",
            "status_index": "i %% 50000"})
        self._copy(cursor, tables[3], line.pk, lines, {
            "id": f"({BASE} + i) * {LINES} + k", "permit_id": key, "position": "k", "block": "chr(65 + k)",
            "taxon": taxon, "quantity": "100 + (i * 31) %% 900"})
        self._copy(cursor, tables[4], permit.pk, each, {
            "permit_id": key, "changed_at": self.at, "state":
            "CASE WHEN i %% 10 < 6 THEN 'export-endorsed' WHEN i %% 10 = 6 THEN 'cancelled' ELSE 'valid' END"},
            pk="permit_id")
        self._copy(cursor, tables[5], endorsement.pk, some, {
            "id": key, "party": self.party, "permit_id": key, "at": f"{self.at} + interval '9 days'",
            "digest": "md5(i::text) || md5((i + 1)::text)", "key": "''"})
        self._copy(cursor, tables[6], moved.pk, lines.replace(" AS h(k)", " AS h(k) WHERE i %% 10 < 6"), {
            "id": f"({BASE} + i) * {LINES} + k", "endorsement_id": key, "permit_line_id": f"({BASE} + i) * {LINES} + k",
            "quantity": "100 + (i * 31) %% 900"})

    def _holders(self, cursor: Any, stop: int) -> str:
        """A firm for each hundred permits."""
        cursor.execute("SELECT count(*) FROM accounts_organisation WHERE id >= %s", [BASE])
        made, wanted = cursor.fetchone()[0], stop // 100
        self._copy(cursor, "accounts_organisation", self.permit.organisation_id,
                   f"generate_series({made}, {wanted}) AS g(i)", {
                       "id": f"{BASE} + i", "name": "'Firm ' || i || ' Ltd'", "code": "'F' || lpad(i::text, 7, '0')",
                       "party": self.party.replace(f"i < {self.own}", f"i < {max(self.own // 100, 1)}")})
        return f"{BASE} + i / 100"

    def _copy(self, cursor: Any, table: str, key: int, each: str, changed: dict[str, str], pk: str = "id") -> None:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        columns = [column[0] for column in cursor.description]
        values = ", ".join(changed.get(name, f'm."{name}"') for name in columns).replace("%%", "%")
        names = ", ".join(f'"{name}"' for name in columns)
        where = " AND " if " WHERE " in each else " WHERE "
        model = f'(SELECT * FROM {table} WHERE "{pk}" = {key}) m, '
        sql = f"INSERT INTO {table} ({names}) SELECT {values} FROM {model}{each}{where}TRUE"
        cursor.execute(sql.replace("%%", "%"))

    def _events(self, cursor: Any, start: int, stop: int) -> None:
        """Five events a permit, in the order of their time, each Party's linked to its own last."""
        from wildgate.kit.models import ChainHead
        heads: dict[str, tuple[int, str]] = {head.party: (head.seq, head.hash) for head in ChainHead.objects.all()}
        step = DAYS * 86400.0 / self.most
        last = self.now - timedelta(days=1)
        columns = "party, seq, at, actor, kind, subject, data, previous, hash"
        with cursor.copy(f"COPY kit_event ({columns}) FROM STDIN") as out:
            for i in range(start, stop):
                party = "QM" if i < self.own or not self.others else self.others[i % len(self.others)]
                seq, before = heads.get(party, (0, "0" * 64))
                at = last - timedelta(seconds=step * (i * STRIDE % self.most))
                text, case = at.isoformat(timespec="microseconds"), f"application:{party}-A-2025-{i:07d}"
                permit = f"permit:25{party}{i:07d}E/{at.date().isoformat()}"
                for kind in KINDS:
                    subject = permit if kind in ("permit-issued", "read") else case
                    row = [party, seq + 1, text, f"person:{i % 7 + 1}", kind, subject, "{}"]
                    link = hashlib.sha256(json.dumps([before, *row], separators=(",", ":")).encode()).hexdigest()
                    out.write_row((*row, before, link))
                    seq, before = seq + 1, link
                heads[party] = (seq, before)
        for party, (seq, link) in heads.items():
            ChainHead.objects.update_or_create(party=party, defaults={"seq": seq, "hash": link})
