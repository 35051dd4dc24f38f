package probe

import (
	"strconv"

	"ecounit/detect"
)

// Nobody is what Listener says of a port on which nobody listens.
const Nobody = "nobody"

// Listener is the uid of whoever takes connections to a port of 127.0.0.1, or
// Nobody.
func Listener(port int) (string, error) {
	var here detect.Machine
	uid, address, listens, err := here.Listener(port)
	if err != nil {
		return "", err
	}
	switch address {
	case "127.0.0.1", "0.0.0.0", "::":
	default:
		listens = false // somewhere else, which is not where visitors are sent
	}
	if !listens {
		return Nobody, nil
	}
	return strconv.Itoa(uid), nil
}
