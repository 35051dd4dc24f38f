import asyncio, contextlib, importlib, os, signal, sys

main = importlib.import_module("uvicorn.main")


class Server(main.Server):
    async def shutdown(self, sockets=None):
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listening in server.sockets or ():
                loop.remove_reader(listening.fileno())
        await asyncio.sleep(0.01)
        for server in self.servers:
            server.close()
        for _ in range(200):
            await asyncio.sleep(0.01)
            if all(getattr(c, "cycle", c) for c in self.server_state.connections):
                break
        await super().shutdown(sockets)


def watch(pids):
    asked = []

    def stop(number, frame):
        asked.append(number)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    pids.remove(os.wait()[0])
    unasked = not asked
    stop(None, None)
    while pids:
        pids.remove(os.wait()[0])
    sys.exit(unasked)


workers = int(sys.argv.pop(1))
pids = []
while workers > 1 and 0 not in pids:
    if len(pids) == workers:
        watch(pids)
    pids.append(os.fork())
main.Server = Server
sys.exit(main.main())
