package detect

import (
	"testing"
)

func TestProjectInBlocks(t *testing.T) {
	for _, test := range []projectTest{
		{
			"try",
			map[string]string{"main.py": "try:\n    from fastapi import FastAPI\n\n    # comment\n    app = FastAPI()\nexcept ImportError:\n    raise\n"},
			FastAPI, `[web]; asgi = "main:app"`,
			[]string{"main.py:5: app is the FastAPI app"},
		},
		{
			"if within if",
			map[string]string{"main.py": "if a:  # one\r\n\tif b:\r\n\t\tx = 1\r\n\telse:\r\n\t\tapp = Flask(__name__)\r\n"},
			Flask, `[web]; wsgi = "main:app"`,
			[]string{"main.py:5: app is the Flask app"},
		},
		{
			"a Dash app",
			map[string]string{"app.py": "if debug:\n    app = dash.Dash(\n        __name__,\n        url_base_pathname='/x/')\n    server = app.server\n"},
			Dash, `[web]; wsgi = "app:server"`,
			[]string{"app.py:5: server is the Dash app"},
		},
		{"a program by itself", map[string]string{"run.py": "if __name__ == '__main__':\n    app = Flask()\n    if 1:\n        app = Flask()\n"}, Unknown, "", nil},
		{"an argument", map[string]string{"run.py": "if x:\n    run(\n        app = Flask(),\n    )\nrun(\n    app = Flask(),\n)\n"}, Unknown, "", nil},
		{"a method", map[string]string{"x.py": "if x:\n    class A:\n        app = Flask()\n        def f(self):\n            app = Flask()\n"}, Unknown, "", nil},
		{"in the first line after a mark", map[string]string{"app.py": "\ufeffapp = Flask(__name__)\r\n"}, Flask, `[web]; wsgi = "app:app"`, nil},
		{
			"a factory of another name",
			map[string]string{"run.py": "from shop import create_flask_app\napp = create_flask_app()\n", "shop/__init__.py": "def create_flask_app():\n    return Flask(__name__)\n"},
			Flask, `[web]; wsgi = "run:app"`,
			[]string{`also possible: wsgi = "shop:create_flask_app()"`},
		},
	} {
		t.Run(test.name, test.run)
	}
}
