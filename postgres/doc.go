// Package postgres does all that ecounit does with a Postgres server: it finds
// it, makes a role and a database, says how they are reached, and dumps,
// restores and drops databases. [Server] is a server and who goes there;
// [Administrator] is for those who make roles for others.
//
// It must not know of apps, units, D-Bus or a command line: it deals in roles
// and databases.
//
// # How a database is made
//
// CREATE DATABASE cannot be part of a transaction, so a database is made under
// a name of its own, set up there, and gets its real name in the last step.
// Whoever is killed on the way leaves nothing under the real name, and the next
// run removes what they left. Until then nobody but a superuser can connect.
//
// # What a superuser does not do
//
// An [Administrator] never connects to a database that belongs to somebody
// else: its owner could have put functions and settings there that would run
// with the administrator's rights.
package postgres
