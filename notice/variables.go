package notice

// Variables are what the user's command finds in its environment, as
// NAME=value.
func (n Notice) Variables() []string {
	last := n.Episode.Last
	var all []string
	for _, v := range [][2]string{
		{"ECOUNIT_APP", n.App},
		{"ECOUNIT_PROCESS", n.Process},
		{"ECOUNIT_UNIT", n.Episode.Unit},
		{"ECOUNIT_EVENT", n.Event},
		{"ECOUNIT_SUBJECT", n.Subject()},
		{"ECOUNIT_REASON", last.Reason},
		{"ECOUNIT_RESULT", last.Result},
		{"ECOUNIT_EXIT_CODE", last.ExitCode},
		{"ECOUNIT_EXIT_STATUS", last.ExitStatus},
	} {
		all = append(all, v[0]+"="+oneLine(v[1]))
	}
	return all
}
