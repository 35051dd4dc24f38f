package cutover

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Mark is what stands before a line of the crontab that was migrated.
func Mark(day time.Time) string { return "# ecounit migrate " + day.Format(time.DateOnly) + ": " }

// Comment puts a mark before lines, which are numbered from 1. Nothing else of
// the text changes.
func Comment(text, mark string, numbers []int) string {
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		if slices.Contains(numbers, i+1) && lines[i] != "" {
			lines[i] = mark + lines[i]
		}
	}
	return strings.Join(lines, "")
}

// Uncomment takes the mark off the given lines, wherever they are by now.
// missing are those that were edited or deleted; lines that have no mark yet are
// neither.
func Uncomment(text, mark string, marked []string) (restored string, missing []string) {
	lines := strings.SplitAfter(text, "\n")
	for _, original := range marked {
		i := slices.IndexFunc(lines, func(line string) bool { return strings.TrimSuffix(line, "\n") == mark+original })
		switch {
		case i >= 0:
			lines[i] = strings.TrimPrefix(lines[i], mark)
		case !slices.ContainsFunc(lines, func(line string) bool { return strings.TrimSuffix(line, "\n") == original }):
			missing = append(missing, original)
		}
	}
	return strings.Join(lines, ""), missing
}

const crontabTime = 10 * time.Second

// InstallCrontab has crontab(1) take a text over. It is read from a file: of a
// pipe, crontab would take half a text for the whole one when we are killed.
func InstallCrontab(ctx context.Context, text string) error {
	file, err := os.CreateTemp("", "ecounit-crontab-")
	if err != nil {
		return fmt.Errorf("cannot write your crontab: %w", err)
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("cannot write your crontab: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, crontabTime)
	defer cancel()
	install := exec.CommandContext(ctx, "crontab", file.Name())
	install.Env = append(os.Environ(), "LC_ALL=C")
	install.WaitDelay = time.Second
	if said, err := install.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
		return fmt.Errorf("cannot write your crontab: crontab said: %s (%w)", first, err)
	}
	return nil
}
