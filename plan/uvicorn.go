package plan

import _ "embed"

// uvicornProgram runs uvicorn's own command line, so that a stop loses no
// request and several workers share the socket of systemd. Its first argument
// is the number of workers. It is part of the command: a unit needs no file but
// its own.
//
// uvicorn closes the connections that it has accepted and not read yet
// (github.com/Kludex/uvicorn/issues/2757): one to six in each restart under
// load. Here it stops accepting, reads what it has, and then stops; the rest
// waits in the socket. asyncio makes a connection in the turn after it was
// accepted and loses it when the server was closed in between, hence
// remove_reader; uvloop knows only close. A connection of which nothing was
// read has no cycle.
//
// uvicorn's own workers are new interpreters that know only its own Server.
// Before 0.14 they do not listen on the socket, and before 0.30 one that died
// is not replaced. Here all end with the first, and systemd starts them again.
//
//go:embed uvicorn.py
var uvicornProgram string
