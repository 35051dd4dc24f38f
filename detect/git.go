package detect

import (
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/plan"
)

const (
	maxGitFile = 8 << 10 // .git, HEAD and commondir hold one path
	gitHint    = "type git init in the app's folder, or write paths instead of git"
)

// git finds out which files change whenever the repository around a folder
// moves to another commit.
//
// Git appends to logs/HEAD last, when the files of the new commit are in place
// (gitrepository-layout(5)); a worktree has a log of its own. A repository
// without these logs moves HEAD or, with a commit, the branch that it names.
func (m Machine) git(directory string) plan.GitFacts {
	own, folder, problem := m.gitDir(directory)
	if problem != "" {
		return plan.GitFacts{Problem: problem, Hint: gitHint}
	}
	if owner, trusted := m.trusts(own, folder); !trusted {
		return plan.GitFacts{
			Problem: fmt.Sprintf("the git repository %s belongs to %s, who could restart the app", own, m.UserWords(owner)),
			Hint:    "make a clone of your own",
		}
	}
	common := own
	if to, ok := m.gitLine(filepath.Join(own, "commondir"), ""); ok {
		common = m.absolute(to, own)
	}
	if m.isDirectory(filepath.Join(own, "reftable")) {
		return plan.GitFacts{Files: []string{filepath.Join(own, "reftable/tables.list"), filepath.Join(common, "reftable/tables.list")}}
	}
	log := filepath.Join(own, "logs/HEAD")
	head, _ := m.gitLine(filepath.Join(own, "HEAD"), "")
	branch, onBranch := strings.CutPrefix(head, "ref: ")
	begun := !onBranch || m.isRegular(filepath.Join(common, branch)) || m.isRegular(filepath.Join(common, "packed-refs"))
	if m.isRegular(log) || !begun {
		return plan.GitFacts{Files: []string{log}}
	}
	files := []string{
		log, filepath.Join(own, "HEAD"),
		filepath.Join(common, "packed-refs"), filepath.Join(common, "refs/heads"),
	}
	if onBranch && filepath.IsLocal(branch) {
		files = append(files, filepath.Join(common, filepath.Dir(branch))) // of a/b it is another folder
	}
	return plan.GitFacts{Files: files}
}

// gitDir looks for the repository as git does, upwards from the folder, but
// not above the user's home. The second folder is where it was found.
func (m Machine) gitDir(directory string) (own, folder, problem string) {
	home := m.resolve(m.User.Home)
	for folder = m.resolve(directory); ; folder = filepath.Dir(folder) {
		dot := filepath.Join(folder, ".git")
		switch {
		case m.isRegular(filepath.Join(dot, "HEAD")):
			return dot, folder, ""
		case m.isRegular(dot): // of a worktree or a submodule
			to, ok := m.gitLine(dot, "gitdir: ")
			if own = m.absolute(to, folder); !ok || !m.isRegular(filepath.Join(own, "HEAD")) {
				return "", "", fmt.Sprintf("%s leads to no git repository", dot)
			}
			return own, folder, ""
		case folder == "/", folder == home:
			return "", "", fmt.Sprintf("%s is not in a git repository", directory)
		}
	}
}

// trusts says whether the repository belongs to the user, to root, or to whom
// the folder with the code belongs; else it says to whom. Git asks the same.
func (m Machine) trusts(own, folder string) (owner int, trusted bool) {
	code := -1
	if info, err := m.stat(folder); err == nil {
		code = ownerOf(info)
	}
	for _, path := range []string{filepath.Join(folder, ".git"), own} {
		info, err := m.stat(path)
		if err != nil {
			return 0, false
		}
		if owner = ownerOf(info); owner != m.User.UID && owner != 0 && owner != code {
			return owner, false
		}
	}
	return owner, true
}

// gitLine reads a file of one line that begins with a word.
func (m Machine) gitLine(path, word string) (string, bool) {
	text, err := m.head(path, maxGitFile)
	if err != nil {
		return "", false
	}
	line, _, _ := strings.Cut(string(text), "\n")
	rest, found := strings.CutPrefix(strings.TrimRight(line, "\r"), word)
	if rest == "" || strings.ContainsFunc(rest, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", false
	}
	return rest, found
}
