"""Tips as they are kept: the tip, what is said between teller and desk, assessments, and what guards the door."""

from wildgate.apps.tips.models.around import Act as Act
from wildgate.apps.tips.models.around import Assessment as Assessment
from wildgate.apps.tips.models.around import Attachment as Attachment
from wildgate.apps.tips.models.around import Identity as Identity
from wildgate.apps.tips.models.around import Message as Message
from wildgate.apps.tips.models.around import Opening as Opening
from wildgate.apps.tips.models.door import Bucket as Bucket
from wildgate.apps.tips.models.door import SpentPuzzle as SpentPuzzle
from wildgate.apps.tips.models.tip import Tip as Tip
