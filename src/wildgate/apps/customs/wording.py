"""The words that the page for posts without a signal says by itself."""

from __future__ import annotations

from django.utils.translation import gettext


def offline_words() -> dict[str, str]:
    """Every sentence of the page's script, in the page's language; `%(name)s` places are filled there."""
    return {
        "not_checked": gettext("This could not be checked."),
        "differs": gettext("Where it differs from the genuine permit"),
        "differs_line": gettext("Line %(line)s: this copy says %(there)s, the genuine permit says %(genuine)s."),
        "more_pages": gettext("Page %(page)s of %(pages)s read. Read the other pages too."),
        "enrol_first": gettext("This device is not enrolled: it can check permits but not endorse them."),
        "used_here": gettext("Do not endorse. This device endorsed the permit before."),
        "used_here_when": gettext("It was endorsed here on %(date)s."),
        "paper": gettext("The paper says"),
        "counted": gettext("Counted"),
        "altered": gettext("The paper was altered. Stop the goods."),
        "altered_line": gettext("Line %(line)s: the paper says %(paper)s, the seal says %(seal)s."),
        "no_paper": gettext("Line %(line)s: write the quantity that is printed on the paper."),
        "no_count": gettext("Line %(line)s: write what you counted in digits, with a point for decimals; 0 when "
                            "nothing moves."),
        "two_ways": gettext("Line %(line)s: this can be read in two ways. Write %(whole)s or %(part)s."),
        "too_much": gettext("Line %(line)s: %(goods)s were counted but %(seal)s are permitted. Stop the goods."),
        "dead": gettext("Of these, dead on arrival"),
        "optional": gettext("(optional)"),
        "more_dead": gettext("Line %(line)s: more are dead than arrived."),
        "nothing": gettext("Every line is zero: there is nothing to endorse."),
        "no_port": gettext("Give the port or station."),
        "no_document": gettext("Give the transport document."),
        "no_packages": gettext("Give the number of packages as a whole number above zero."),
        "stored": gettext("Stored on this device and signed."),
        "stored_more": gettext("The endorsement of %(number)s is sent when there is a signal. Only then is it known "
                               "whether another post used the permit."),
        "photograph": gettext("Photograph %(place)s"),
        "remove": gettext("Remove photograph %(place)s"),
        "photographs_taken": gettext("Photographs taken: %(count)s"),
        "photographs_waiting": gettext("Photographs waiting to be sent: %(count)s"),
        "photographs_here": gettext("Photographs still on this device: %(count)s"),
        "too_many_photographs": gettext("At most %(most)s photographs are kept with an endorsement."),
        "photograph_large": gettext("%(name)s is larger than %(limit)s MB. Take it again in a smaller size."),
        "no_picture": gettext("%(name)s cannot be read as a picture. Take it again."),
        "no_room": gettext("Not stored: there is no room on this device for the photographs. Remove some, or send what "
                           "waits first."),
        "waiting": gettext("Waiting to be sent: %(count)s"),
        "none_waiting": gettext("Nothing waits to be sent."),
        "endorsed": gettext("Endorsed"),
        "refused": gettext("Not taken"),
        "double-use": gettext("Used twice"),
        "stored_tag": gettext("Waits"),
        "see": gettext("See it"),
        "sent": gettext("Sent: %(count)s"),
        "alarm": gettext("Used twice. Stop the goods if they are still here."),
        "another_officer": gettext("What waits here was signed by another officer, who must sign in to send it."),
        "no_signal": gettext("Not sent: there is no signal, or you must sign in again. Nothing is lost."),
        "enrolled": gettext("This device endorses for %(name)s, %(station)s, until %(date)s."),
        "ended": gettext("The enrolment of this device ended on %(date)s. Enrol it again."),
        "not_enrolled": gettext("Enrol this device while there is a signal; then it can endorse without one."),
        "no_camera": gettext("The camera cannot be used here: allow it in the browser, or paste the code."),
        "ready": gettext("Ready to check without a signal, with the lists of %(date)s."),
    }
