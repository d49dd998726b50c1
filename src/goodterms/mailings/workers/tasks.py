"""The tasks that procrastinate hands to workers."""

from typing import cast

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from goodterms.mailings.actions.carry import send_stint, tend
from goodterms.mailings.models import Mailing
from goodterms.mailings.outfit import Outfit
from goodterms.mailings.queries import owners_to_tend
from goodterms.mailings.workers.waking import CARE_QUEUE, SEND, SEND_QUEUE, TEND, defer


@app.periodic(cron="* * * * * */5", queueing_lock=TEND)
@app.task(name=TEND, queue=CARE_QUEUE, pass_context=True)
def tend_all(context: JobContext, timestamp: int = 0) -> None:
    """Bring every mailing forward, and hand out the sending of those of which copies are due."""
    del timestamp
    outfit = _outfit(context)
    for office in outfit.offices(owners_to_tend(now=outfit.clock())):
        for mailing in tend(office, outfit):
            _hand_out(mailing)


@app.task(name=SEND, queue=SEND_QUEUE, pass_context=True)
def send_some(context: JobContext, *, owner: int, mailing: int) -> None:
    """Send a stint of a mailing; another worker that is free is called to the same one."""
    outfit = _outfit(context)
    found = Mailing.objects.filter(pk=mailing, owner=owner, state=Mailing.State.SENDING).select_related("update")
    one = found.first()
    if one is None or outfit.should_stop():
        return
    for office in outfit.offices([owner]):
        _hand_out(one)
        send_stint(office, one, outfit)


@app.periodic(cron="* * * * *", queueing_lock="goodterms.chores")
@app.task(name="goodterms.chores", queue=CARE_QUEUE, pass_context=True)
def do_chores(context: JobContext, timestamp: int = 0) -> None:
    """Do what is done every minute beside sending."""
    del timestamp
    _outfit(context).chores()


@app.periodic(cron="* * * * *", queueing_lock="goodterms.sweep")
@app.task(name="goodterms.sweep", queue=CARE_QUEUE, pass_context=True)
async def sweep(context: JobContext, timestamp: int = 0) -> None:
    """Take the tasks of lost workers out of the queue; what they were about is found in the rows."""
    del timestamp
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        await jobs.finish_job(job, status=Status.FAILED, delete_job=True)
    await jobs.prune_stalled_workers(60)


def _hand_out(mailing: Mailing) -> None:
    defer(SEND, queue=SEND_QUEUE, owner=mailing.owner_id, mailing=mailing.pk)


def _outfit(context: JobContext) -> Outfit:
    return cast("Outfit", context.additional_context["outfit"])
