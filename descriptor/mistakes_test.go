package descriptor

import "testing"

// TestOneMistakeIsOneEntry: what follows from a mistake is not told.
func TestOneMistakeIsOneEntry(t *testing.T) {
	for _, text := range []string{
		"web.wsgi='x'",
		"name='a'",
		"name='a'\n[process]",
		"name='a'\n[web]",
		"name='a'\nweb={}",
		"nmae='a'\nweb.wsgi='x'",
		"name=5\nweb.wsgi='x'",
		"name=['a']\nweb.wsgi='x'",
		"name=99999999999999999999\nweb.wsgi='x'",
		"[web]\nwsgi='x'\nname='a'",
		"[process.x]\ncommand='x'\nname='a'",
		"name='a'\n[wbe]\nwsgi='x'",
		"name='a'\n[proces.x]\ncommand='x'",
		"name='a'\nwsgi='x'",
		"name='a'\nasgi='x'\n[web]\nworkers=2",
		"name='a'\ncommand='x'",
		"name='a'\n[web]\nwgsi='x'",
		"name='a'\n[web]\nWSGI='x'",
		"name='a'\n[web]\nwsgi=''",
		"name='a'\n[web]\ncommand=5",
		"name='a'\n[web]\ncommand=[]",
		"name='a'\n[web]\ncommand=[5]",
		"name='a'\nweb=5",
		"name='a'\n[[web]]",
		"name='a'\nprocess=5",
		"name='a'\n[[process]]\ncommand='x'",
		"name='a'\n[process]\ncommand='x'\ninstances=2",
		"name='a'\n[process.x]",
		"name='a'\n[process.X]",
		"name='a'\nprocess.x='x'",
		"name='a'\n[process.x]\ncomand='x'",
		"name='a'\n[process.x]\ncommand=5",
		"name='a'\n[web]\nwsgi='x'\n[web]\nworkers=2",
		"name='a'\n[web]\nwsgi='x'\n[web]\nwsgi='x'",
		"name='a'\nname='b'\nweb.wsgi='x'",
		"name='a'\n[web]\nwsgi='x'\nasgi='x'",
		"name='a'\n[web]\nwsgi='x'\nasgi=5\n",
		"name='a'\n[web]\ncommand='x'\nworkers=99",
		"name='a'\nweb.wsgi='x'\nrestart={delay='2s', max_delay='1s'}",
		"name='a'\nweb.wsgi='x'\nrestart={delay='2s', max_delay='x'}",
		"name='a'\nweb.wsgi='x'\nsystemd.service={Restart=[]}",
		"name='a'\nweb.wsgi='x'\nunknown={a={b=1}, a2=5}",
		"name='a'\nweb.wsgi='x'\n[web.wsgi]",
		"name='a\nweb.wsgi='x'\nnmae=5",
	} {
		_, r := Parse(FileName, []byte(text))
		if got := len(r.Entries()); got != 1 {
			t.Errorf("%d entries for\n%s\n%s", got, text, textOf(r, []byte(text)))
		}
	}
}
