package policy

import (
	"maps"
	"slices"

	"ecounit/tomlfile"
)

// check finds what no value shows by itself: two accounts that would publish
// at the same paths.
func check(doc *tomlfile.Document, f File) {
	accounts := map[Label][]string{}
	for _, account := range slices.Sorted(maps.Keys(f.Names)) {
		if label := f.Names[account]; label != "" { // it had no mistake
			accounts[label] = append(accounts[label], account)
		}
	}
	for label, same := range accounts {
		for i, account := range same {
			if len(same) > 1 {
				others := slices.Concat(same[:i], same[i+1:])
				key := tomlfile.Join("names", account)
				doc.Fail(key, "give each account a name of its own",
					"`%s`: %q also stands for %s", key, label, listed(others))
			}
		}
	}
}
