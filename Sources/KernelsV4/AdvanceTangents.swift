package import CSystem

/// Time steps of the tangents of one layer: each rides on the factors psi and rho of the forward pass.
///
/// Time is proportional to `directions * steps * count`. Equations: `rfgk_tangent`.
@inline(never)
package func advanceTangents(_ a: UnsafePointer<rfgk_tangent>) {
  let a = a.pointee
  let count = Int(a.count)
  // Short runs keep psi and rho in the first-level cache while the directions pass by.
  let run = max(16, 1024 / Int(a.steps) / 16 &* 16)
  var start = 0
  while start < count {
    let end = count &- start < run ? count : start &+ run
    var direction = 0
    while direction < Int(a.directions) {
      let isConstant = direction >= Int(a.constant_first) && direction < Int(a.constant_last)
      let constant = isConstant ? a.constant + (direction &- Int(a.constant_first)) &* count : nil
      let current = direction < Int(a.current_last) ? a.current + direction &* Int(a.direction) : nil
      advance(a, start, end, direction, constant, current)
      direction &+= 1
    }
    start = end
  }
}

@inline(__always)
private func advance(
  _ a: rfgk_tangent, _ start: Int, _ end: Int, _ direction: Int, _ constant: UnsafePointer<Float>?,
  _ current: UnsafePointer<Float>?
) {
  let leak = all(a.leak)
  let membrane = a.membrane + direction &* Int(a.count)
  let spikes = a.spike + direction &* Int(a.direction)
  let sums = a.spike_sum == nil ? nil : a.spike_sum! + direction &* Int(a.count)
  var i = start
  while i < end {
    var du = rfgv_load(membrane + i)
    var sum = Float16x()
    if let sums { sum = rfgv_load(sums + i) }
    var own = Float16x()
    if let constant { own = rfgv_load(constant + i) }
    var place = i
    var step = 0
    while step < Int(a.steps) {
      var change = own
      if let current { change += rfgv_load(current + place) }
      du = multiplyAdd(leak, du, change)
      let ds = rfgv_load(a.psi + place) * du
      rfgv_store(spikes + place, ds)
      du = rfgv_load(a.rho + place) * du
      if let kept = a.kept { sum *= all(kept[step]) }
      sum += ds
      place &+= Int(a.step)
      step &+= 1
    }
    rfgv_store(membrane + i, du)
    if let sums { rfgv_store(sums + i, sum) }
    i &+= 16
  }
}
