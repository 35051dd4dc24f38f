// Package cutover deals with the programs that run a user's apps before
// ecounit does: supervisord and what it runs, servers started by cron, and the
// crontab itself. It finds them, stops them, starts them again as they were,
// hands a listening port over without losing a request, and keeps a record of
// how everything was.
//
// It must not know descriptors, units or what replaces the old programs: in
// which order what is done, its caller decides.
package cutover
