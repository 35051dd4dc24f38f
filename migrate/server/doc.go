// Package server reads the command lines of web servers for Python and puts
// them into the keys of [web]. It is pure, and it must not know where a command
// line comes from: a Procfile, a supervisord.conf and a crontab all have them.
package server
