package dbusctl

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// exitCode is one that systemd's own child uses when it cannot get as far as
// the program.
type exitCode struct{ name, text string }

// exitCodes are those above 199 in systemd.exec(5), "Process Exit Codes", of
// systemd 257; `systemd-analyze exit-status` prints a machine's own. 255,
// EXCEPTION, is left out: it nearly always comes from the program itself.
var exitCodes = map[int32]exitCode{
	200: {"CHDIR", "cannot change to the working directory"},
	201: {"NICE", "cannot set the scheduling priority (Nice=)"},
	202: {"FDS", "cannot close or pass file descriptors"},
	203: {"EXEC", "executable not found or not executable"},
	204: {"MEMORY", "not enough memory to start the program"},
	205: {"LIMITS", "cannot set a resource limit (Limit…=)"},
	206: {"OOM_ADJUST", "cannot set OOMScoreAdjust="},
	207: {"SIGNAL_MASK", "cannot set the signal mask"},
	208: {"STDIN", "cannot set up standard input"},
	209: {"STDOUT", "cannot set up standard output"},
	210: {"CHROOT", "cannot change the root directory"},
	211: {"IOPRIO", "cannot set the I/O priority"},
	212: {"TIMERSLACK", "cannot set the timer slack"},
	213: {"SECUREBITS", "cannot set the secure bits"},
	214: {"SETSCHEDULER", "cannot set the CPU scheduling"},
	215: {"CPUAFFINITY", "cannot set the CPU affinity"},
	216: {"GROUP", "cannot change to the group"},
	217: {"USER", "cannot change to the user or set up a user namespace (PrivateUsers=)"},
	218: {"CAPABILITIES", "cannot drop capabilities; a sandbox setting needs more rights than a user has"},
	219: {"CGROUP", "cannot set up the control group"},
	220: {"SETSID", "cannot make a new session"},
	221: {"CONFIRM", "not confirmed"},
	222: {"STDERR", "cannot set up standard error"},
	224: {"PAM", "cannot open a PAM session"},
	225: {"NETWORK", "cannot set up a network namespace"},
	226: {"NAMESPACE", "cannot set up the mount namespace; a sandboxed path is missing or not allowed"},
	227: {"NO_NEW_PRIVILEGES", "cannot set NoNewPrivileges="},
	228: {"SECCOMP", "cannot apply the system call filter"},
	229: {"SELINUX_CONTEXT", "cannot set the SELinux context"},
	230: {"PERSONALITY", "cannot set the execution domain (Personality=)"},
	231: {"APPARMOR", "cannot set the AppArmor profile"},
	232: {"ADDRESS_FAMILIES", "cannot restrict address families"},
	233: {"RUNTIME_DIRECTORY", "cannot make the runtime directory"},
	235: {"CHOWN", "cannot change the owner of a socket"},
	236: {"SMACK_PROCESS_LABEL", "cannot set the SMACK label"},
	237: {"KEYRING", "cannot set up the kernel keyring"},
	238: {"STATE_DIRECTORY", "cannot make the state directory"},
	239: {"CACHE_DIRECTORY", "cannot make the cache directory"},
	240: {"LOGS_DIRECTORY", "cannot make the logs directory"},
	241: {"CONFIGURATION_DIRECTORY", "cannot make the configuration directory"},
	242: {"NUMA_POLICY", "cannot set the NUMA policy"},
	243: {"CREDENTIALS", "cannot set up credentials"},
	244: {"BPF", "cannot set up BPF restrictions"},
	245: {"KSM", "cannot set MemoryKSM="},
}

// exitText says how a process ended. The program and the working directory
// make it concrete where they are the cause; both may be empty.
func exitText(code, status int32, program, directory string) string {
	switch code {
	case 2, 3:
		signal := unix.SignalName(syscall.Signal(status))
		if signal == "" {
			signal = fmt.Sprintf("signal %d", status)
		}
		if code == 3 {
			return "killed by " + signal + ", core dumped"
		}
		return "killed by " + signal
	}
	known, ok := exitCodes[status]
	if !ok {
		return fmt.Sprintf("exited with status %d", status)
	}
	text := known.text
	switch {
	case status == 200 && directory != "":
		text += " " + directory
	case status == 203 && program != "":
		text = fmt.Sprintf("%s: executable not found, not executable, or its interpreter is missing", program)
	}
	return fmt.Sprintf("%s (%d/%s)", text, status, known.name)
}
