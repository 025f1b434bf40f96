"""An asynchronous client, used as the other one is."""

import asyncio
import inspect
import threading


class InLoop:
    """Waits for each answer of a loop in a thread of its own: this one may have a loop already."""

    def __init__(self, client):
        self._client = client
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def __getattr__(self, name):
        method = getattr(self._client, name)

        def called(*args, **kwargs):
            result = method(*args, **kwargs)
            if inspect.isasyncgen(result):
                return iter(self._wait(_all_of(result)))
            return self._wait(result)

        return called

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, awaitable):
        return asyncio.run_coroutine_threadsafe(awaitable, self._loop).result(60)


async def _all_of(results):
    return [result async for result in results]
