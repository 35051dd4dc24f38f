package units

func (r *renderer) watch() {
}
