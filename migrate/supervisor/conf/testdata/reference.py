# What supervisor's own parser makes of a supervisord.conf: for each folder that
# is named on a line of the standard input, a line of JSON.
import json
import os
import shlex
import sys

from supervisor import datatypes, options
from supervisor.datatypes import Automatic, RestartUnconditionally, RestartWhenExitUnexpected

# What depends on the machine is left out: whether folders, users and plugins
# are there.
datatypes.existing_dirpath = options.existing_dirpath = options.existing_directory = os.path.expanduser
options.Options.import_spec = lambda self, spec: None


def name_to_uid(name):
    if not name:
        raise ValueError("Invalid user name ''")
    return 0


options.name_to_uid = name_to_uid

RESTART = {RestartUnconditionally: "always", RestartWhenExitUnexpected: "unexpected", False: "never"}
KINDS = [
    (options.EventListenerPoolConfig, "eventlistener"),
    (options.FastCGIGroupConfig, "fcgi-program"),
    (options.ProcessGroupConfig, "program"),
]


def log(value):
    return "AUTO" if value is Automatic else value or ""


def output(p, stream):
    get = lambda key: getattr(p, stream + "_" + key)
    return {
        "Log": log(get("logfile")), "MaxBytes": get("logfile_maxbytes"), "Backups": get("logfile_backups"),
        "CaptureMaxBytes": get("capture_maxbytes"), "Events": get("events_enabled"), "Syslog": get("syslog"),
    }


def argv(command):
    try:
        return shlex.split(command)
    except ValueError:
        return None


def process(p):
    return {
        "Name": p.name, "Command": p.command, "Argv": argv(p.command), "Directory": p.directory or "", "Umask": -1 if p.umask is None else p.umask,
        "Priority": p.priority, "Autostart": p.autostart, "Autorestart": RESTART[p.autorestart],
        "StartSecs": p.startsecs, "StartRetries": p.startretries, "HasUser": p.uid is not None,
        "StopSignal": int(p.stopsignal), "StopWaitSecs": p.stopwaitsecs, "StopAsGroup": p.stopasgroup, "KillAsGroup": p.killasgroup,
        "ExitCodes": p.exitcodes, "Environment": p.environment, "RedirectStderr": p.redirect_stderr,
        "Stdout": output(p, "stdout"), "Stderr": output(p, "stderr"), "ServerURL": p.serverurl or "",
    }


def dump(o):
    s = o.configroot.supervisord
    return {
        "Directory": s.directory or "", "Umask": s.umask, "MinFDs": s.minfds, "MinProcs": s.minprocs, "User": s.user or "",
        "Environment": s.environment,
        "Groups": [
            {
                "Kind": next(kind for cls, kind in KINDS if isinstance(g, cls)), "Name": g.name, "Priority": g.priority,
                "Processes": [process(p) for p in g.process_configs],
            }
            for g in s.process_group_configs
        ],
    }


def read(folder):
    o = options.ServerOptions()
    o.configfile = os.path.join(folder, "supervisord.conf")
    try:
        o.process_config(do_usage=False)
    except Exception as e:  # also those that supervisor itself dies of
        return {"Refused": "%s: %s" % (type(e).__name__, e)}
    return dump(o)


for line in sys.stdin:
    print(json.dumps(read(line.rstrip("\n"))), flush=True)
