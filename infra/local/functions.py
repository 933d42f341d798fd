"""Lambda's part of `make run`: events wait for an instance of their function, and instances come and go.

An instance answers one event at a time. Further ones are started while requests wait, up to a limit. One that ends is
replaced, as Lambda does it: a worn-out instance ends by itself with exit code 0, everything else is a crash.
"""

import asyncio
import json
import signal
import time
import uuid

from http1 import Refused
from instance import ROOT, Instance

TIME_LIMIT = 29  # seconds for an answer, waiting for an instance included; API Gateway itself gives up after 30
MOST_CRASHES = 3  # of a function in a row without an event between them; at its first start one is enough
END_SECONDS = 3  # how long an instance may take to end when asked


class Invocation:
    """An event on its way to an answer."""

    def __init__(self, event):
        self.id = str(uuid.uuid4())
        self.event = json.dumps(event).encode()
        self.deadline_ms = int((time.time() + TIME_LIMIT) * 1000)
        self.answer = asyncio.get_running_loop().create_future()
        self.instance = None

    def done(self, raw):
        if not self.answer.done():
            self.answer.set_result(raw)

    def failed(self, status):
        if not self.answer.done():
            self.answer.set_exception(Refused(status))


class Function:
    """One function. `say` takes lines for a person, `give_up` a line that says why there is no going on."""

    def __init__(self, name, command, environment, log, most, say, give_up):
        self.name, self.command, self.environment, self.most = name, command, environment, most
        self.say, self.give_up = say, give_up
        self.log_path = log
        self.log = open(log, "wb")
        self.waiting = asyncio.Queue()
        self.free = 0  # instances that wait for an event
        self.instances = {}  # instance → its task
        self.ready = asyncio.Event()  # an instance has asked for an event
        self.crashes, self.ending = 0, False

    async def invoke(self, event):
        """The answer to an event, as the function has sent it. Refused with the gateway's status if there is none."""
        invocation = Invocation(event)
        self.waiting.put_nowait(invocation)
        if self.waiting.qsize() > self.free and len(self.instances) < self.most:
            self.start()
        try:
            return await asyncio.wait_for(invocation.answer, TIME_LIMIT)
        except asyncio.TimeoutError:
            if invocation.instance:
                invocation.instance.kill(f"took longer than {TIME_LIMIT} seconds")
            raise Refused(504) from None

    def start(self):
        instance = Instance(self)
        task = asyncio.get_running_loop().create_task(instance.run())
        self.instances[instance] = task
        task.add_done_callback(lambda task: self.ended(instance, task))

    def ended(self, instance, task):
        """An instance has ended: another one takes its place."""
        del self.instances[instance]
        if self.ending or task.cancelled():
            return
        if task.exception():
            self.give_up(str(task.exception()))
            return
        how = instance.how(task.result())
        self.crashes += 0 if instance.invoked else 1
        if self.crashes >= (MOST_CRASHES if self.ready.is_set() else 1):
            self.give_up(f"{self.name} {how} and does not start. More in {self.shown_log()}.")
            return
        self.say(f"{self.name} {how}. A fresh one takes its place; {self.shown_log()} says more.")
        self.start()

    async def next_event(self, instance):
        self.ready.set()
        self.free += 1
        try:
            while True:
                invocation = await self.waiting.get()
                if not invocation.answer.done():  # else nobody waits any more
                    break
        finally:
            self.free -= 1
        invocation.instance = instance
        instance.invoked, self.crashes = True, 0
        return invocation

    def shown_log(self):
        path = self.log_path
        return str(path.relative_to(ROOT) if ROOT in path.parents else path)

    async def end(self):
        """Ends all instances: asks them first."""
        self.ending = True
        tasks = list(self.instances.values())
        for sign in (signal.SIGTERM, signal.SIGKILL):
            for instance in list(self.instances):
                instance.signal(sign)
            if tasks:
                await asyncio.wait(tasks, timeout=END_SECONDS)
        self.log.close()
