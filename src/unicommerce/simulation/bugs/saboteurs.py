"""Bugs to plant: each is a wrong variant of a small piece, wrapped around the core, that some invariant must find.

They are here for users too: whoever writes invariants of their own sees by them whether those notice anything. A bug
sits in what is put on record, in the guards, in what a decision is told, or in the store.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ...counts import Reconciled
from ...fulfillment import (
    Allocated,
    Collected,
    Delivered,
    Found,
    Picked,
    PutDown,
    Ready,
    Rejected,
    Reopened,
    SentBack,
    Shipped,
    ShortPicked,
)
from ...fulfillment import Lost as LostParcel
from ...inventory import GoodsState, Received, Released
from ...lots import Withdrawn
from ...marketplaces import Acknowledged, CalledOff
from ...orders import Canceled
from ...returns import Restocked, Returned
from ...supply import Landed, Lost
from ...tills import Forfeited, GivenBack, Sold, Voided
from ..money.bugs import MONEY_BUGS
from ..systems.bugs import BUGS
from .altered import (
    again_when_late,
    alone,
    announced_whole,
    back_to_open,
    claims_last,
    counted_last,
    for_nobody,
    forgotten,
    from_the_shelf,
    into,
    mixed,
    moving,
    never_due,
    no_days,
    no_inbounds,
    no_revisions,
    no_sums,
    of_one_version,
    takes_all,
    timeless,
    torn,
    twice,
    without,
    without_kits,
    without_units,
)
from .misled import (
    all_open,
    asks_again,
    by_on_hand,
    endless,
    forgets_recalls,
    given,
    helps_nobody,
    loses_all,
    never_corrects,
    owes_nothing,
    picks_any,
    poison,
    pools_apart,
    promised_twice,
    released_anyway,
    says_nothing,
    sees_nothing_move,
    serves_anyway,
    too_early,
)
from .saboteur import Saboteur
from .spoiled import Agreeable, Forgetful, Hasty, NoInbox, Skipping

__all__ = ["SABOTEURS", "Saboteur"]

_R, _Q, _F = GoodsState.RESERVED, GoodsState.QUARANTINE, GoodsState.SELLABLE

SABOTEURS: Mapping[str, Saboteur] = MappingProxyType(
    {
        bug.name: bug
        for bug in (
            Saboteur("no inbox check", keep=NoInbox),
            Saboteur("publishes before it persists", keep=Forgetful),
            Saboteur("any content is a repeat", keep=Agreeable),
            Saboteur("replay skips returns", keep=Skipping),
            Saboteur("drops the guards of sums", guards=no_sums),
            Saboteur("drops the guards of documents", guards=no_revisions),
            Saboteur("checks on hand, not what is free", ask=by_on_hand),
            Saboteur("sums each pool by itself", ask=given(pools_apart)),
            Saboteur("claims at a closed node", ask=given(all_open)),
            Saboteur("forgets how full a day is", ask=given(endless), guards=no_days),
            Saboteur("expires a day early", ask=too_early, keep=Hasty),
            Saboteur("releases what has ended", ask=released_anyway, guards=no_sums),
            Saboteur("drops a poison message", hear=poison),
            Saboteur("a short pick keeps its goods reserved", entry=moving(ShortPicked, without(_R, _Q))),
            Saboteur("a short pick loses its claim", entry=moving(ShortPicked, without(_F, _R))),
            Saboteur("receives twice", entry=moving(Received, twice)),
            Saboteur("releases twice", entry=moving(Released, twice)),
            Saboteur("a canceled line keeps its claim", entry=moving(Canceled, without(_R, _F))),
            Saboteur("claims for nobody in particular", entry=moving(Released, for_nobody)),
            Saboteur("ships lines without goods", entry=moving(Shipped, without(_R, "moving"))),
            Saboteur("delivers lines without goods", entry=moving(Delivered, without("moving", "delivered"))),
            Saboteur("a late message opens what was delivered", entry=moving(Delivered, back_to_open)),
            Saboteur("ships again what was implied", entry=again_when_late),
            Saboteur("restocks twice", entry=moving(Restocked, twice)),
            Saboteur("mixes what comes back with what is promised", entry=moving(Returned, mixed)),
            Saboteur("a hold forgets when it ends", entry=claims_last),
            Saboteur("gives lines to a node and keeps the goods", entry=moving(Allocated, without(_F, _R))),
            Saboteur("picks twice what it found", entry=moving(Picked, twice)),
            Saboteur("a sale of a till counts twice", entry=moving(Sold, twice)),
            Saboteur("a sale under rights is taken off the shelf", entry=from_the_shelf),
            Saboteur("a till gives its rights back twice", entry=moving(GivenBack, twice)),
            Saboteur("a void gives nothing back", entry=moving(Voided, lambda _moves: ())),
            Saboteur("a count is set whatever has moved since", ask=sees_nothing_move),
            Saboteur("the count that is told last counts", entry=counted_last),
            Saboteur("brings the book to a count twice", entry=moving(Reconciled, twice)),
            Saboteur("tears kits when it allocates", entry=torn),
            Saboteur("relief helps nobody", ask=helps_nobody),
            Saboteur("a version counts beside those before it", entry=announced_whole),
            Saboteur("who waited gets a line and no goods", entry=moving(Landed, without(_F, _R))),
            Saboteur("what was lost is still expected", entry=moving(Lost, without_units("sku:"))),
            Saboteur("nobody is told that an inbound was cut", ask=says_nothing),
            Saboteur("waits for goods that others wait for", ask=promised_twice, guards=no_inbounds),
            Saboteur("sells what was recalled", ask=forgets_recalls),
            Saboteur("picks the first lot, fit or not", hear=picks_any),
            Saboteur("withdraws all but the last piece", entry=moving(Withdrawn, lambda moves: moves[:-1])),
            Saboteur("a lost till keeps its rights", entry=moving(Forfeited, lambda _moves: ())),
            Saboteur("offers bear no version of their own", show=of_one_version),
            Saboteur("a channel hears nothing of kits", show=without_kits),
            Saboteur("nobody puts back what waits", entry=never_due),
            Saboteur("hands over lines without goods", entry=moving(Collected, without(_R, "delivered"))),
            Saboteur("what arrives at a store stays under way", entry=moving(Ready, without("moving", _R))),
            Saboteur("a rejection loses its claim", entry=moving(Rejected, without(_F, _R))),
            Saboteur("nobody remembers who turned an order down", entry=forgotten),
            Saboteur("asks a node again that has none", ask=asks_again),
            Saboteur("what broke is for sale", entry=moving(PutDown, into(_R, GoodsState.DAMAGED, _F))),
            Saboteur("a lost parcel stays under way", entry=moving(LostParcel, without("moving", "lost"))),
            Saboteur("a parcel is lost twice", entry=moving(LostParcel, twice), guards=no_sums),
            Saboteur("all of a parcel is lost with some of it", hear=loses_all),
            Saboteur("what is found stays lost", entry=moving(Found, without("lost", _F))),
            Saboteur("what comes back is sold unseen", entry=moving(SentBack, into("moving", _Q, _F))),
            Saboteur("what is sent again has no claim", entry=moving(Reopened, without(_F, _R))),
            Saboteur("nothing is refunded for what was lost", ask=owes_nothing),
            Saboteur("accepts whatever a marketplace asks for", entry=takes_all, guards=no_sums),
            Saboteur("answers a marketplace twice", entry=moving(Acknowledged, twice), guards=no_sums),
            Saboteur(
                "what is called off is packed all the same",
                entry=alone(CalledOff),
                guards=no_sums,
            ),
            Saboteur("serves what was called off", ask=serves_anyway),
            Saboteur("calls off twice", entry=moving(CalledOff, twice), guards=no_sums),
            Saboteur("never corrects what a marketplace was told", ask=never_corrects),
            Saboteur("clocks that move are not seen", entry=timeless),
            *[Saboteur(name, plug=plug) for name, plug in BUGS.items()],
            *MONEY_BUGS,
        )
    }
)
"""Bugs by name."""
