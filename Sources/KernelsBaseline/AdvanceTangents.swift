package import CSystem

/// One time step of the tangents of one layer: each rides on the factors psi and rho of the forward pass.
///
/// Time is proportional to `directions * count`. Equations: `rfgk_tangent`.
@inline(never)
package func advanceTangents(_ a: UnsafePointer<rfgk_tangent>) {
  let a = a.pointee
  let count = Int(a.count)
  // Short runs keep psi and rho in the first-level cache while the directions pass by.
  let run = 1024
  var start = 0
  while start < count {
    let end = count &- start < run ? count : start &+ run
    var direction = 0
    while direction < Int(a.directions) {
      advance(a, start, end, direction &* count)
      direction &+= 1
    }
    start = end
  }
}

@inline(__always)
private func advance(_ a: rfgk_tangent, _ start: Int, _ end: Int, _ offset: Int) {
  let leak = all(a.leak)
  let current = a.current + offset
  let membrane = a.membrane + offset
  let spike = a.spike + offset
  let sum = a.spike_sum == nil ? nil : a.spike_sum! + offset
  var i = start
  while i < end {
    let du = multiplyAdd(leak, rfgv_load(membrane + i), rfgv_load(current + i))
    let ds = rfgv_load(a.psi + i) * du
    rfgv_store(membrane + i, rfgv_load(a.rho + i) * du)
    rfgv_store(spike + i, ds)
    if let sum { rfgv_store(sum + i, rfgv_load(sum + i) + ds) }
    i &+= 16
  }
}
