"""Why an order was or was not moved on; the order of the codes is their precedence."""

from ..ledger import ReasonCode

__all__ = ["FulfillmentCode", "ReconsiderCode"]


class FulfillmentCode(ReasonCode):
    """Why an order was or was not moved on."""

    NOTHING_OPEN = "fulfillment.nothing_open", "order {subject} has no open pieces"
    PART_OF_KIT = (
        "fulfillment.part_of_kit",
        "{found} pieces of {subject} would change, of its kit only {needed} go together",
    )
    TOO_LATE = "fulfillment.too_late", "only {found} of {needed} pieces of {subject} can still be changed"
    NO_COUNTER = "fulfillment.no_counter", "nothing can be collected at {subject}: it is no node, or not open"
    NOT_COLLECTABLE = (
        "fulfillment.not_collectable",
        "of order {subject}, {found} of {needed} pieces can be had at {unit}, now or by a transfer",
    )
    AT_HAND = "fulfillment.at_hand", "{subject} has {found} of {needed} itself"
    COLLECTABLE = "fulfillment.collectable", "order {subject} can be collected at {unit} from {needed} on"
    NOT_READY = "fulfillment.not_ready", "{found} of {needed} pieces of {subject} are ready to be collected"
    NOT_CHECKED = "fulfillment.not_checked", "whoever collects {subject} is checked by {needed}, and not by {found}"
    WRONG_CODE = "fulfillment.wrong_code", "this is not the code with which {subject} is collected"
    NOT_WAITING = "fulfillment.not_waiting", "nothing of {subject} waits that way any more"
    NOT_DUE = "fulfillment.not_due", "{subject} is kept for the customer until {needed}"
    NOT_COLLECTED = "fulfillment.not_collected", "{found} pieces of {subject} were not collected"
    REFUND_DUE = "fulfillment.refund_due", "for {found} pieces of {subject}, {unit} is to be refunded"
    NOT_UNDER_WAY = "fulfillment.not_under_way", "nothing of {subject} is under way"
    NOTHING_OWED = "fulfillment.nothing_owed", "nothing of {subject} was lost or came back"
    SENT_AGAIN = "fulfillment.sent_again", "{found} {unit} of {subject} are sent again"
    WAITS = "fulfillment.waits", "{found} of {subject} not allocated yet: no node can ship it now"
    GAVE_WAY = "fulfillment.gave_way", "the rule of {found} gave way for order {subject}: else more would wait"
    PAST_SERVICE_LEVEL = (
        "fulfillment.past_service_level",
        "order {subject} will arrive {found} h later than its service level allows",
    )
    PAST_SHIP_BY = "fulfillment.past_ship_by", "order {subject} will leave {found} h later than its marketplace wants"
    NOT_KEPT = "fulfillment.not_kept", "lot {subject} of the basket can not be given to the order at {needed}"
    NOT_AS_NAMED = "fulfillment.not_as_named", "lot {subject} was kept for {needed} by name, and others were picked"
    MOST_ATTEMPTS = (
        "fulfillment.most_attempts",
        "{found} shipments of order {subject} were turned down, and after {needed} it is not routed again",
    )
    GIVEN_UP = "fulfillment.given_up", "{found} {unit} of {subject} are canceled: it was turned down too often"
    HAS_LEFT = (
        "fulfillment.has_left",
        "{found} of {needed} pieces of {subject} have left: intercept the parcel, or take them back as a return",
    )
    IN_HAND = (
        "fulfillment.in_hand",
        "{found} pieces of {subject} are in hand at a node: ask to have them put back, or let them go as they are",
    )
    PRICE_FIXED = (
        "fulfillment.price_fixed",
        "{found} of {needed} pieces of {subject} have left at the price that was fixed then",
    )
    PRICE_OF_KIT = "fulfillment.price_of_kit", "the price of {subject} is a share of the price of its kit"
    TENDER_FIXED = (
        "fulfillment.tender_fixed",
        "{found} of {needed} pieces of order {subject} have left, to be paid as they were ordered",
    )
    OTHER_ADDRESS = "fulfillment.other_address", "{subject} was packed for another destination than its order has now"
    NOT_CLEARED = "fulfillment.not_cleared", "{subject} leaves only with the {needed}, and there is none"
    NOT_THERE = "fulfillment.not_there", "{found} of {needed} pieces of {subject} are there to leave"
    NO_SUBSTITUTE = "fulfillment.no_substitute", "the customer takes nothing instead of {subject}"
    NOT_LISTED = "fulfillment.not_listed", "{unit} is none of what the customer takes instead of {subject}"
    NOT_AGREED = "fulfillment.not_agreed", "the customer has to be asked whether {unit} may come instead of {subject}"
    NO_STAND_IN = "fulfillment.no_stand_in", "{unit} may not stand in for {subject}"
    SUBSTITUTED = "fulfillment.substituted", "{found} of {unit} come instead of {subject}, at {needed} each"
    UNKNOWN_SHIPMENT = "fulfillment.unknown_shipment", "{subject} tells of a shipment that is not on record"


class ReconsiderCode(ReasonCode):
    """One of these for each order that is reconsidered."""

    MOVES = "fulfillment.moves", "order {subject} goes from {found} to {needed}: saves {unit}"
    STAYS = "fulfillment.stays", "order {subject} stays at {found}: no answer that is on time is cheaper"
    TOO_LITTLE = "fulfillment.too_little", "order {subject} stays: all moves save {found}, the least is {needed} {unit}"
    NOTHING_ALLOCATED = "fulfillment.nothing_allocated", "order {subject} has nothing at a node that is not picked"
    IN_WORK = "fulfillment.in_work", "order {subject} stays: {found} of its pieces are picked, or further"
    TO_COLLECT = "fulfillment.to_collect", "order {subject} stays at {found}: its customer comes to collect it"
    BY_NAME = "fulfillment.by_name", "order {subject} stays at {found}: it has pieces there by name"
    WHOLE_KITS = "fulfillment.whole_kits", "order {subject} stays: its kits may not part"
    MUST_LAST = "fulfillment.must_last", "order {subject} stays: its lots must last"
    NOT_WEIGHED = "fulfillment.not_weighed", "order {subject} stays: what it costs at {found} can not be told now"
    PROMISED_ELSEWHERE = (
        "fulfillment.promised_elsewhere",
        "order {subject} stays at {found}: what it would take instead is promised to others",
    )
