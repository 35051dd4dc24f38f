package host

import (
	"path/filepath"
	"strconv"
)

// runDir holds a folder for the sockets of each user.
const runDir = "/run/ecounit"

// SocketDir is the folder for a user's sockets: theirs, with the group of the
// web server, closed to everybody else.
func SocketDir(uid int) string { return filepath.Join(runDir, strconv.Itoa(uid)) }

// Socket is the path of an app's socket.
func Socket(uid int, app string) string { return filepath.Join(SocketDir(uid), app+".sock") }
