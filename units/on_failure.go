package units

func (r *renderer) onFailure() {
}
