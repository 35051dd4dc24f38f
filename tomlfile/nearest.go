package tomlfile

import "strings"

// maxGuessed is far longer than any key; it keeps a hostile file cheap.
const maxGuessed = 64

// Nearest returns the candidate that word was probably meant to be, or "". A
// third of the letters may differ, not counting case; further away a guess
// only misleads.
func Nearest(word string, candidates []string) string {
	if len(word) > maxGuessed {
		return ""
	}
	letters := []rune(strings.ToLower(word))
	best, bestDistance := "", len(letters)/3+1
	for _, c := range candidates {
		candidate := []rune(strings.ToLower(c))
		if abs(len(candidate)-len(letters)) >= bestDistance {
			continue
		}
		if distance := editDistance(letters, candidate); distance < bestDistance {
			best, bestDistance = c, distance
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }

// editDistance counts insertions, deletions, replacements and swaps of
// neighbours (optimal string alignment).
func editDistance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
