package import CSystem

/// One time step backwards of one layer, for exact gradients.
///
/// Time is proportional to `count`. Equations: `rfgk_backward`.
@inline(never)
package func backwardStep(_ a: UnsafePointer<rfgk_backward>) {
  let a = a.pointee
  let leak = all(a.leak)
  var i = 0
  while i < Int(a.count) {
    let fromSpike = rfgv_load(a.psi + i) * rfgv_load(a.spike_gradient + i)
    let gradient = multiplyAdd(rfgv_load(a.rho + i), rfgv_load(a.carry + i), fromSpike)
    rfgv_store(a.current_gradient + i, gradient)
    rfgv_store(a.carry + i, leak * gradient)
    i &+= 16
  }
}
