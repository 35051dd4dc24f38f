package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/crypto/bcrypt"

	"ecounit/host"
	"ecounit/internal/hint"
	"ecounit/internal/terminal"
	"ecounit/plan"
)

const (
	hashCost    = 10 // 50 ms for each page of a visitor; htpasswd's own is 5
	maxPassword = 72 // bytes; bcrypt looks at no more
)

// passwd lets people in to an app with basic authentication. The host service
// keeps the hashes where only the web server can read them.
func (c *command) passwd(ctx context.Context, words []string, flags *cli.Context) error {
	remove, list := flags.Bool("delete"), flags.Bool("list")
	app, name, err := whom(words, remove, list, flags)
	if err != nil {
		return err
	}
	h, err := c.user()
	if err != nil {
		return err
	}
	s := h.hosting()
	if s == nil {
		return noHosting("keep passwords")
	}
	if app, err = c.appName(h, app); err != nil {
		return err
	}
	if list {
		return c.passwordNames(ctx, s, app, flags.Bool("json"))
	}
	if flags.Bool("dry-run") {
		verb := "let in"
		if remove {
			verb = "forget"
		}
		c.Data(fmt.Appendf(nil, "%-8s %s to %s\n", verb, name, app))
		return nil
	}
	hash := ""
	if !remove {
		if hash, err = c.askPassword(ctx, name); err != nil {
			return err
		}
	}
	err = s.ask(ctx, func(ctx context.Context, client service) error { return client.SetPassword(ctx, app, name, hash) })
	if err != nil {
		return unpublishedYet(err, app)
	}
	c.sayPassword(h, s, app, name, remove)
	return nil
}

// whom takes the words apart: the name comes last, and the app may be left out.
func whom(words []string, remove, list bool, flags *cli.Context) (app, name string, err error) {
	form := flags.Command.UsageText
	switch {
	case list && remove:
		return "", "", usage(form, "--list and --delete do not go together")
	case list && len(words) > 1:
		return "", "", usage("ecounit passwd [APP] --list", "passwd --list takes one app, got %d words", len(words))
	case list:
		return strings.Join(words, ""), "", nil
	case flags.Bool("json"):
		return "", "", usage("ecounit passwd [APP] --list --json", "--json is for --list")
	case len(words) == 0:
		return "", "", usage(form, "passwd needs the name of who is let in")
	}
	name = words[len(words)-1]
	if !host.IsPasswordName(name) {
		return "", "", usage(form, "a name has letters, digits and ._@-, at most 64, got %q", name)
	}
	return strings.Join(words[:len(words)-1], ""), name, nil
}

func (c *command) passwordNames(ctx context.Context, s *hosting, app string, asJSON bool) error {
	names := []string{}
	err := s.ask(ctx, func(ctx context.Context, client service) error {
		found, err := client.PasswordNames(ctx, app)
		names = append(names, found...)
		return err
	})
	if err != nil {
		return unpublishedYet(err, app)
	}
	if asJSON {
		return c.JSON(struct {
			Version int      `json:"version"`
			App     string   `json:"app"`
			Names   []string `json:"names"`
		}{terminal.JSONVersion, app, names})
	}
	for _, name := range names {
		c.Data([]byte(name + "\n"))
	}
	if len(names) == 0 {
		fmt.Fprintf(c.Err, "nobody is let in to %s yet; for each person type: ecounit passwd %s NAME\n", app, app)
	}
	return nil
}

// unpublishedYet says what to do about an app that the service does not know.
func unpublishedYet(err error, app string) error {
	var refusal *host.Error
	if errors.As(err, &refusal) && refusal.Kind == host.NoSite {
		return hint.With(fmt.Errorf("%s is not published, so that nobody can be let in", app), "ecounit enable %s", app)
	}
	return err
}

func (c *command) sayPassword(h *home, s *hosting, app, name string, removed bool) {
	if removed {
		c.Line(terminal.Done, "password", name+" is not let in to "+app+" any more")
		return
	}
	c.Line(terminal.Done, "password", name+" is let in to "+app)
	if record, ours := s.ownSite(app, h.User); ours && record.Auth != plan.AuthBasic {
		c.Line(terminal.Attention, "password", app+` does not ask for one: write auth = "basic" in [web], then type: ecounit enable `+app)
	}
}

// hashed is the password in the form of htpasswd -B. Apache knows the hash by
// the name $2y$; Go calls the same one $2a$.
func hashed(password string) (string, error) {
	switch {
	case password == "":
		return "", errors.New("cannot use an empty password")
	case len(password) > maxPassword:
		return "", fmt.Errorf("cannot use a password of more than %d bytes", maxPassword)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), hashCost)
	if err != nil {
		return "", fmt.Errorf("cannot use the password: %w", err)
	}
	return "$2y$" + strings.TrimPrefix(string(hash), "$2a$"), nil
}
