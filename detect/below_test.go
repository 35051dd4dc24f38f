package detect

import (
	"fmt"
	"strings"
	"testing"
)

func TestProjectRunsWhereItsNeighboursAre(t *testing.T) {
	api := map[string]string{"backend/main.py": "import os\nfrom db import get\n\napp = FastAPI()\n", "backend/db.py": "", "frontend/x.js": ""}
	for _, test := range []projectTest{
		{"by bare names", api, FastAPI, `directory = "backend"; [web]; asgi = "main:app"`, []string{"backend/main.py:2: it imports db, which is in backend, so the app runs there", "backend/main.py:4: app is the FastAPI app"}},
		{"as a package", all(api, map[string]string{"backend/__init__.py": ""}), FastAPI, `[web]; asgi = "backend.main:app"`, nil},
		{"also at the top", all(api, map[string]string{"db.py": ""}), FastAPI, `[web]; asgi = "backend.main:app"`, nil},
		{"alone", map[string]string{"backend/main.py": "app = FastAPI()\n"}, FastAPI, `[web]; asgi = "backend.main:app"`, nil},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectWithNothingTellsOfFolders(t *testing.T) {
	projectTest{
		"",
		map[string]string{
			"backend/app/main.py": "app = FastAPI()\n", "backend/app/__init__.py": "", "my study/first.ipynb": "{}", "tests/app/app.py": "app = Flask()\n", "c/d/e/index.html": "", "up": "-> ..", "other": "-> backend", "my-app.py": "\napp = Flask(__name__)\n", "long.py": strings.Repeat("x = 1\n", maxSource),
		},
		Unknown, "",
		[]string{"my-app.py:2: app is the Flask app, but Python cannot import a file of this name", "long.py: only its first 64 KiB were looked at", "the folder backend holds an app (FastAPI): ecounit init backend", "the folder my study holds an app (Jupyter): ecounit init 'my study'"},
	}.run(t)
	m := system(t, map[string]string{"/srv/tasks/up": "-> ..", "/srv/tasks/root": "-> /", "/srv/tasks/self": "-> .", "/srv/app.py": "app = Flask()\n", "/srv/tasks/app.py": "-> nowhere"})
	got := texts(m.Project("/srv/tasks"))
	if wants(t, got, "app.py: cannot read it: it is a link to /srv/tasks/nowhere, which does not exist"); strings.Contains(got, "up") {
		t.Errorf("it follows a link: %s", got)
	}
}

func TestProjectAmongManyFiles(t *testing.T) {
	files := map[string]string{"zoo/web.py": "app = Flask(__name__)\n"}
	for i := range 2 * maxFolders {
		files[fmt.Sprintf("data%d", i)] = ""
	}
	projectTest{"", files, Flask, `[web]; wsgi = "zoo.web:app"`, nil}.run(t)
}
