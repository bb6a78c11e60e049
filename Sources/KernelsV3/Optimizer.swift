package import CSystem

/// One step of Adam or AdaBelief; see `rfgk_adam`. Elementwise, so bits do not depend on how the parameters are split.
@inline(never)
package func adamUpdate(_ a: UnsafePointer<rfgk_adam>) {
  let a = a.pointee
  let count = Int(a.count)
  var i = 0
  while i &+ 16 <= count {
    let next = adam(
      a, rfgv_load(a.parameters + i), rfgv_load(a.first + i), rfgv_load(a.second + i),
      rfgv_load(a.gradient + i))
    rfgv_store(a.parameters + i, next.parameters)
    rfgv_store(a.first + i, next.first)
    rfgv_store(a.second + i, next.second)
    i &+= 16
  }
  let rest = Int64(count &- i)
  if rest > 0 {
    let next = adam(
      a, rfgv_load_first(a.parameters + i, rest), rfgv_load_first(a.first + i, rest),
      rfgv_load_first(a.second + i, rest), rfgv_load_first(a.gradient + i, rest))
    rfgv_store_first(a.parameters + i, next.parameters, rest)
    rfgv_store_first(a.first + i, next.first, rest)
    rfgv_store_first(a.second + i, next.second, rest)
  }
}

@inline(__always)
private func adam(
  _ a: rfgk_adam, _ parameters: Float16x, _ first: Float16x, _ second: Float16x, _ gradient: Float16x
) -> (parameters: Float16x, first: Float16x, second: Float16x) {
  let m = multiplyAdd(all(a.beta1), first, all(1 - a.beta1) * gradient)
  let deviation = gradient - all(a.belief) * m
  let v = multiplyAdd(all(a.beta2), second, all(1 - a.beta2) * (deviation * deviation)) + all(a.added)
  return (parameters - all(a.step) * m / (rfgv_sqrt(v) + all(a.epsilon_hat)), m, v)
}
