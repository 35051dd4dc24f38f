package detect

import (
	"testing"
)

func TestProjectWithProcfileOfOtherServers(t *testing.T) {
	for _, test := range []projectTest{
		{
			"a port of its own",
			map[string]string{"Procfile": "web: uvicorn main:app --host=0.0.0.0 --port=${PORT:-5000}\r\n"},
			Procfile,
			`[web]; asgi = "main:app"`, nil,
		},
		{
			"in a folder",
			map[string]string{"Procfile": "web: cd backend && gunicorn app:app\n"},
			Procfile,
			`directory = "backend"; [web]; wsgi = "app:app"`,
			[]string{"Procfile:1: cd backend became directory"},
		},
		{
			"names of ecounit's own", // a descriptor with them is refused
			map[string]string{"Procfile": "notice: a\nwatch-apply: b\n"},
			Procfile,
			`[process.notice-process]; command = ["a"]; [process.watch-apply-process]; command = ["b"]`, nil,
		},
		{
			"with the variables of foreman",
			map[string]string{"Procfile": "web: gunicorn --chdir src app:app\n", ".env": "A=1\n"},
			Procfile,
			`directory = "src"; env_files = ["../.env"]; [web]; wsgi = "app:app"`,
			[]string{".env: its variables are those of all processes"},
		},
		{
			"in a folder outside",
			map[string]string{"Procfile": "web: cd ../x && gunicorn app:app\n"},
			Procfile,
			`[web]; command = ["sh", "-c", "cd ../x && gunicorn app:app"]`, nil,
		},
		{
			"to everybody through a shell",
			map[string]string{"Procfile": "web: A=$B run --host 0.0.0.0 --port $PORT\n"},
			Procfile,
			`[web]; command = ["sh", "-c", "A=$B run --host 127.0.0.1 --port $PORT"]`,
			[]string{"Procfile:1: 0.0.0.0 became 127.0.0.1"},
		},
		{
			"node",
			map[string]string{"Procfile": "web: node server.js\n", "package.json": "{}", "server.js": "process.env.PORT"},
			Procfile,
			`[web]; command = ["node", "server.js"]; prefix = "strip"`,
			[]string{"no file reads BASE_PATH"},
		},
		{
			"without a web process",
			map[string]string{"Procfile": "worker: python w.py\n", "app.py": "app = Flask(__name__)\n"},
			Procfile,
			`[process.worker]; command = ["python", "w.py"]`,
			[]string{`app.py:1: not taken over, because Procfile has no line web: app is the Flask app; for it, write below [web]: wsgi = "app:app"`},
		},
		{
			"streamlit",
			map[string]string{"Procfile": "web: streamlit run app.py --server.port=$PORT\n"},
			Procfile,
			`[web]; command = ["streamlit", "run", "app.py", "--server.port=${PORT}", "--server.address", "127.0.0.1", "--server.baseUrlPath", "${BASE_PATH}", "--server.headless", "true"]; health = "/_stcore/health"`,
			[]string{"streamlit is not installed in the virtual environment .venv"},
		},
	} {
		t.Run(test.name, test.run)
	}
}
