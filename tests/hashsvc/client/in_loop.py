"""An asynchronous client, used as the other one is."""

import asyncio
import inspect


class InLoop:
    """Waits for each answer in a loop of its own."""

    def __init__(self, client):
        self._client = client
        self._loop = asyncio.new_event_loop()

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
        self._loop.close()

    def _wait(self, awaitable):
        return self._loop.run_until_complete(awaitable)


async def _all_of(results):
    return [result async for result in results]
