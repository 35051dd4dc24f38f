package conf

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// integer is Python's int: blanks around it, a sign, and _ between digits.
func integer(text string) (int, error) { return integerOf(text, 10) }

// octal also takes 0o in front.
func octal(text string) (int, error) { return integerOf(text, 8) }

func integerOf(text string, base int) (int, error) {
	trimmed := strings.TrimFunc(text, isSpace)
	digits, isNegative := strings.CutPrefix(trimmed, "-")
	if !isNegative {
		digits = strings.TrimPrefix(digits, "+")
	}
	if lower := strings.ToLower(digits); base == 8 && strings.HasPrefix(lower, "0o") {
		digits = strings.TrimPrefix(digits[2:], "_")
	}
	bad := strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__")
	n, err := strconv.ParseInt(strings.ReplaceAll(digits, "_", ""), base, 32)
	if err != nil || bad || digits[0] == '+' || digits[0] == '-' {
		return 0, fmt.Errorf("%q is not a number of base %d", text, base)
	}
	if isNegative {
		n = -n
	}
	return int(n), nil
}

func boolean(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "yes", "true", "on", "1":
		return true, nil
	case "no", "false", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", text)
}

// byteSize reads 50MB.
func byteSize(text string) (int, error) {
	lower := strings.ToLower(text)
	for unit, factor := range map[string]int{"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30} {
		if digits, found := strings.CutSuffix(lower, unit); found {
			n, err := integer(digits)
			return n * factor, err
		}
	}
	return integer(lower)
}

// exitCodes reads 0,2.
func exitCodes(text string) ([]int, error) {
	codes := []int{}
	if text == "" {
		return codes, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		n, err := integer(word)
		if err != nil || n < 0 || n > 255 {
			return nil, fmt.Errorf("%q is not a list of exit codes", text)
		}
		codes = append(codes, n)
	}
	return codes, nil
}

// words splits at commas.
func words(text string) []string {
	if text == "" {
		return nil
	}
	var list []string
	for word := range strings.SplitSeq(text, ",") {
		list = append(list, strings.TrimFunc(word, isSpace))
	}
	return list
}

// The values of autorestart.
const (
	RestartAlways     = "always"
	RestartNever      = "never"
	RestartUnexpected = "unexpected" // unless the exit code is one of those expected
)

func autorestart(text string) (string, error) {
	if strings.ToLower(text) == RestartUnexpected {
		return RestartUnexpected, nil
	}
	switch yes, err := boolean(text); {
	case err != nil:
		return "", fmt.Errorf("%q is neither true, false nor unexpected", text)
	case yes:
		return RestartAlways, nil
	}
	return RestartNever, nil
}

// signals are those of Linux, and what else Python knows by a name like one.
var signals = map[string]int{
	"HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "IOT": 6, "BUS": 7, "FPE": 8, "KILL": 9,
	"USR1": 10, "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CLD": 17, "CONT": 18,
	"STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27,
	"WINCH": 28, "IO": 29, "POLL": 29, "PWR": 30, "SYS": 31, "RTMIN": 34, "RTMAX": 64,
	"_BLOCK": 0, "_DFL": 0, "_IGN": 1, "_SETMASK": 2, "_UNBLOCK": 1,
}

func signal(text string) (int, error) {
	n, err := integer(text)
	known := err == nil
	if err != nil {
		name := strings.ToUpper(strings.TrimFunc(text, isSpace))
		n, known = signals[strings.TrimPrefix(name, "SIG")]
	}
	if !known || !slices.Contains(slices.Collect(maps.Values(signals)), n) {
		return 0, fmt.Errorf("%q is not a signal", text)
	}
	return n, nil
}

// SignalName is the name without SIG, or "" where it has none.
func SignalName(number int) string {
	for _, name := range slices.Sorted(maps.Keys(signals)) {
		if signals[name] == number && name[0] != '_' {
			return name
		}
	}
	return ""
}

// logLevels are the words for loglevel.
var logLevels = []string{"blather", "critical", "debug", "error", "info", "trace", "warn"}

// Log is where output goes.
type Log string

// The places that are not files. Anything else is the path of one.
const (
	LogAuto   Log = "AUTO" // a file that supervisor names and deletes
	LogNone   Log = ""
	logSyslog Log = "\x00syslog"
)

func logOf(text, home string) Log {
	switch strings.ToLower(text) {
	case "none", "off":
		return LogNone
	case "auto":
		return LogAuto
	case "syslog":
		return logSyslog
	}
	return Log(expandUser(text, home))
}

// expandUser knows the user's own ~ only.
func expandUser(path, home string) string {
	if path == "~" || strings.HasPrefix(path, "~/") {
		return home + path[1:]
	}
	return path
}
