"""Every write of tips: taking in, talking, assessing, ending, handing over, and the identity box."""

from wildgate.apps.tips.services.assessing import acknowledge as acknowledge
from wildgate.apps.tips.services.assessing import assess_again as assess_again
from wildgate.apps.tips.services.assessing import follow_first as follow_first
from wildgate.apps.tips.services.assessing import grade as grade
from wildgate.apps.tips.services.assessing import may_follow as may_follow
from wildgate.apps.tips.services.assessing import triage as triage
from wildgate.apps.tips.services.custody import ask_for_identity as ask_for_identity
from wildgate.apps.tips.services.custody import erase_due as erase_due
from wildgate.apps.tips.services.custody import open_identity as open_identity
from wildgate.apps.tips.services.custody import refuse_identity as refuse_identity
from wildgate.apps.tips.services.dialogue import answer as answer
from wildgate.apps.tips.services.dialogue import mark_read as mark_read
from wildgate.apps.tips.services.dialogue import say as say
from wildgate.apps.tips.services.ending import assign as assign
from wildgate.apps.tips.services.ending import close as close
from wildgate.apps.tips.services.ending import take_no_action as take_no_action
from wildgate.apps.tips.services.handing_over import confirm_hand_over as confirm_hand_over
from wildgate.apps.tips.services.handing_over import forward as forward
from wildgate.apps.tips.services.intake import take_in as take_in
