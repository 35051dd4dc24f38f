package units

import "ecounit/plan"

func (r *renderer) job(j plan.Job) {
}
