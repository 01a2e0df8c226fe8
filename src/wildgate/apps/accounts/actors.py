"""Who asks, and what is guarded: the actor as the rules see them, and every action by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wildgate.apps.accounts.models import Role
from wildgate.apps.accounts.reliability import Level


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody as the rules see them. `label` is what events keep: `person:12` or `system`.

    `organisations` are all that the person may act for: by a post, and those of `clients` by a mandate; of these the
    `limited` are for some kinds of documents only. `manages` are those whose people the person looks after. `level` is
    that of the sign-in; None for commands on the server. `interests` are organisations in which an interest of the
    person is on record. `emergency` is the key of the emergency right that runs, if one does. `agencies` are the other
    agencies at the border for which the person answers.
    """

    label: str
    name: str
    party: str
    roles: frozenset[Role] = frozenset()
    organisations: frozenset[int] = frozenset()
    person_id: int | None = None
    station: str = ""
    authorities: frozenset[int] = frozenset()
    clients: frozenset[int] = frozenset()
    limited: frozenset[int] = frozenset()
    manages: frozenset[int] = frozenset()
    level: Level | None = None
    interests: frozenset[int] = frozenset()
    emergency: int | None = None
    agencies: frozenset[str] = frozenset()

    @property
    def signed(self) -> dict[str, int]:
        """What the event of an act keeps of the sign-in behind it."""
        return {} if self.level is None else {"level": int(self.level)}

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def own_id(self) -> int:
        """The key of the person behind the actor. Asked only after `require`: nobody in particular passes no rule."""
        if self.person_id is None:
            raise ValueError("nobody in particular cannot write")
        return self.person_id

    @property
    def firms(self) -> frozenset[int]:
        """Organisations in which the person holds a post."""
        return self.organisations - self.clients

    @property
    def official(self) -> bool:
        return bool(self.roles - {Role.TRADER})


ANYONE = Actor(label="anyone", name="", party="")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person as the subject of an action: people belong to no Party, so the one that is asked about is named."""

    party: str
    person_id: int


class Action(Enum):
    """Everything that is guarded, in the words that follow "may not"."""

    SIGNED_IN = "use this page"
    APPLY = "apply for permits"
    VIEW_APPLICATION = "see this application"
    EDIT_APPLICATION = "change this application"
    WORK_CASE = "work on this case"
    VIEW_CASES = "see the cases"
    GIVE_OPINION = "give the Scientific Authority's opinion"
    VIEW_SCIENCE = "see the Scientific Authority's desk"
    COUNTERSIGN = "countersign this case"
    SEND_BACK = "send this case back to review"
    ISSUE = "issue this permit"
    VIEW_PERMIT = "see this permit"
    VIEW_PERMITS = "see the permits"
    CANCEL = "cancel this permit"
    REPORT_PERMIT = "report this permit lost or give it back"
    SUSPEND = "suspend this permit or let it be valid again"
    REPLACE = "replace this permit"
    ASSIGN = "give cases to somebody"
    ENDORSE = "endorse permits"
    VIEW_DOUBLE_USE = "see cases of double use"
    CLOSE_DOUBLE_USE = "close cases of double use"
    VIEW_DEVICES = "see the devices that endorse without a signal"
    REVOKE_DEVICE = "revoke this device"
    VIEW_REPORTS = "see the reports"
    SIGN_REPORT = "draw up or submit the annual report"
    COUNTERSIGN_REPORT = "countersign this annual report"
    SIGN_ILLEGAL_REPORT = "sign the illegal trade report"
    VIEW_CONFIRMATIONS = "see questions between authorities"
    ASK_AUTHORITY = "ask or answer another authority"
    VIEW_AUDIT = "see the audit trail"
    GIVE_STANDING_OPINION = "give or change a standing opinion of the Scientific Authority"
    MAKE_STANDING_FINDING = "make or change a standing finding of the Management Authority"
    VIEW_STANDING = "see the standing findings"
    VIEW_REGISTERS = "see the registers"
    KEEP_REGISTERS = "keep the registers"
    KEEP_SPECIMENS = "keep specimens"
    HOLD_STOCK = "keep this stock"
    VIEW_STOCK = "see this stock"
    RELEASE_STOCK = "release this stock"
    CHECK_NAMES = "check lists of names"
    VIEW_QUOTAS = "see quotas and suspensions"
    SET_QUOTAS = "set or share quotas"
    IMPORT = "import downloads"
    PRINT = "print permits at this office"
    VIEW_PRINT_JOB = "see this permit as one to print"
    CONFIRM_SPOILT = "confirm what became of this print"
    VIEW_PAPER = "see the security paper"
    KEEP_PAPER = "keep the security paper"
    VIEW_HOUSE = "see the rules of the house"
    PROPOSE_RULE = "change the rules of the house"
    CONFIRM_RULE = "confirm this change of the rules"
    KEEP_TEAMS = "make teams and say who is in them"
    KEEP_ABSENCE = "say that this person is away"
    VIEW_FEES = "see this fee"
    PAY_FEE = "pay this fee"
    RECORD_RECEIPT = "record receipts"
    WAIVE_FEE = "waive fees"
    VIEW_MANDATES = "see the mandates of an organisation"
    GIVE_MANDATE = "give a mandate for this organisation"
    END_MANDATE = "end this mandate"
    MANAGE_ORGANISATION = "look after the people of this organisation"
    VIEW_ORGANISATIONS = "see the organisations"
    VERIFY_ORGANISATION = "verify this organisation"
    VIEW_PEOPLE = "see the people"
    KEEP_WEBHOOKS = "keep the addresses for machine notices"
    VIEW_UNDONE = "see what could not be done or sent"
    MANAGE_PERSON = "change the account of this person"
    KEEP_AUTHORITIES = "keep the authorities"

    VIEW_FIGURES = "see the figures of the service"
    VIEW_MONITORING = "see permits and exports against the Scientific Authority's advice"
    VIEW_CONTROLS = "see this note of internal control"
    CLEAR_CONTROL = "clear this note of internal control"
    SET_CONTROLS = "set the limits of internal control"
    VIEW_SAMPLES = "see the control samples"
    EXAMINE_SAMPLE = "examine this permit again"
    TRAIN = "train at the border desk"
    VIEW_MASTERS = "see the master files"
    VIEW_MASTER = "see this master file"
    KEEP_MASTERS = "keep master files"
    APPROVE_MASTER = "approve this master file"
    FIND_MASTER_SCIENCE = "make the Scientific Authority's finding for this master file"
    USE_MASTER = "complete certificates of this master file"

    VIEW_PROGRAMS = "see the programs that call this system"
    KEEP_PROGRAMS = "give or revoke keys of programs"
    VIEW_PARTNERS = "see the agreements with other Parties"
    KEEP_PARTNERS = "keep the agreements with other Parties"
    PROPOSE_RIGHT = "propose what another Party may ask for"
    CONFIRM_RIGHT = "confirm what another Party may ask for"
    SUSPEND_PARTNER = "suspend the exchange with another Party"
    RESUME_PARTNER = "take up the exchange with another Party again"
    QUERY_AS_PARTNER = "look up permits for another Party"
    VIEW_EXCHANGE = "see the messages between authorities"
    WORK_EXCHANGE = "decide about messages that were not delivered"
    FETCH_FOREIGN = "ask another Party for its permit"
    VIEW_DIFFERENCES = "see where both sides counted another quantity"
    CLOSE_DIFFERENCE = "close this difference"
    VIEW_BALANCES = "see this balance"
    WRITE_OFF = "write off quantities"
    OVERRIDE_BALANCE = "go against a balance"
    VIEW_PROCEDURES = "see the procedure table"
    KEEP_PROCEDURES = "change the procedure table"
    ANNOUNCE_OUTAGE = "announce an outage"
    REJECT_PAPER = "reject a presented permit"
    VIEW_GOODS = "see the table of customs codes"
    KEEP_GOODS = "change the table of customs codes"
    LODGE_DECLARATION = "lodge declarations"
    VIEW_DECLARATIONS = "see declarations"
    CHECK_PARCELS = "check parcels before shipment"
    VIEW_PARCELS = "see this carrier's log"
    VIEW_LEADS = "see leads from carriers"
    DECIDE_LEAD = "decide on this lead"
    RECEIVE_PARCEL = "confirm the receipt of this parcel"
    VIEW_LANES = "see lanes and their reasons"
    VIEW_SCORES = "see scores"
    VIEW_PROFILES = "see risk profiles"
    KEEP_PROFILES = "write risk profiles"
    CONFIRM_PROFILE = "put this risk profile in force"
    KEEP_WATCH_LISTS = "keep watch lists"
    KEEP_INTELLIGENCE = "keep intelligence"
    TRAIN_MODEL = "train the model or take it out of use"
    VIEW_RISK_FIGURES = "see the figures of risk control"
    VIEW_INSPECTIONS = "see inspections"
    INSPECT = "inspect consignments"
    PLAN_INSPECTIONS = "plan inspections"
    VIEW_SEIZURES = "see seizures"
    SEIZE = "seize specimens"
    DISPOSE = "decide what becomes of seized specimens"
    VIEW_OFFENDERS = "see who is suspected"
    VIEW_CARDS = "see identification cards"
    KEEP_CARDS = "keep identification cards"
    ASK_IDENTIFICATION = "ask for an identification"
    ANSWER_IDENTIFICATION = "answer this request for identification"
    VIEW_AGENCY_REQUEST = "see this request to another agency"
    ANSWER_AGENCY_REQUEST = "answer this request for your agency"
    VIEW_DUTIES = "see who must tell whom"
    KEEP_DUTIES = "change who must tell whom"
    ACKNOWLEDGE = "confirm the receipt of this notice"
    RAISE_ALERT = "alert the other authority"
    RELAY_IMPORTS = "relay imports to the authority"
    VIEW_SIGNALS = "see signals in the trade records"
    WORK_SIGNALS = "say what became of this signal"
    SET_SIGNALS = "set the values of the search for signals"
    VIEW_GAPS = "see where two reports of one trade differ"
    WORK_GAPS = "say what became of this difference"
    VIEW_TRADE = "see the trade desk"
    REFRESH_TRADE = "bring the trade data up to date"

    VIEW_TIPS = "see tips"
    WORK_TIP = "work on this tip"
    OPEN_IDENTITY = "open the identity box of this tip"
    ENTER_INTELLIGENCE = "enter the intelligence space"
    READ_INTELLIGENCE = "see this"
    WORK_INTELLIGENCE = "write in the intelligence space"
    KEEP_CONTRIBUTORS = "propose contributors to the intelligence space"
    CONFIRM_CONTRIBUTOR = "confirm this contributor"
    VIEW_PLATFORMS = "see the register of platforms"
    KEEP_PLATFORMS = "keep the register of platforms"
    VIEW_MARKET = "see captured listings"
    CAPTURE = "capture listings"
    WORK_MARKET = "work on captured listings"
    SEE_SELLERS = "see sellers in clear text"
    NOTIFY_PLATFORM = "send notices to platforms"
    VIEW_CAMPAIGNS = "see monitoring campaigns"
    KEEP_CAMPAIGNS = "keep monitoring campaigns"
    SUBMIT_TO_PORTAL = "submit to the portal"
    REVIEW_SUBMISSION = "review this submission"

    DECLARE_INTEREST = "declare an interest"
    VIEW_INTERESTS = "see whose interests are on record"
    KEEP_INTEREST = "record or end an interest of this person"
    OPEN_EMERGENCY = "open an emergency right"
    VIEW_EMERGENCIES = "see the emergency rights"
    REVIEW_EMERGENCY = "review this emergency right"
    REINSTATE = "let this permit be valid again"

    VIEW_PRIVACY = "see the data-protection desk"
    ANSWER_SUBJECT = "answer requests about personal data"
    CONFIRM_ERASURE = "confirm this erasure"
    SET_HOLD = "hold records for an investigation or a court"
    LIFT_HOLD = "lift this hold"
