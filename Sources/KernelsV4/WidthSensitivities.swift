package import CSystem

/// One time step of each neuron's sensitivity to the logarithm of its surrogate's width.
///
/// Time is proportional to `count`. Equations: `rfgk_width`.
@inline(never)
package func widthSensitivities(_ a: UnsafePointer<rfgk_width>) {
  switch a.pointee.kind {
  case 0: gaussianWidths(a)
  case 1: fastSigmoidWidths(a)
  case 2: arctangentWidths(a)
  case 3: sigmoidWidths(a)
  case 4: triangleWidths(a)
  default: boxcarWidths(a)
  }
}

// One function per shape, and not generic: specialised generic functions would be weak symbols.

@inline(never)
func gaussianWidths(_ a: UnsafePointer<rfgk_width>) { advance(a.pointee, Gaussian(peak: a.pointee.peak)) }

@inline(never)
func fastSigmoidWidths(_ a: UnsafePointer<rfgk_width>) { advance(a.pointee, FastSigmoid(peak: a.pointee.peak)) }

@inline(never)
func arctangentWidths(_ a: UnsafePointer<rfgk_width>) { advance(a.pointee, Arctangent(peak: a.pointee.peak)) }

@inline(never)
func sigmoidWidths(_ a: UnsafePointer<rfgk_width>) { advance(a.pointee, Sigmoid(peak: a.pointee.peak)) }

@inline(never)
func triangleWidths(_ a: UnsafePointer<rfgk_width>) { advance(a.pointee, Triangle(peak: a.pointee.peak)) }

@inline(never)
func boxcarWidths(_ a: UnsafePointer<rfgk_width>) { advance(a.pointee, Boxcar(peak: a.pointee.peak)) }

@inline(__always)
private func advance<Shape: Surrogate>(_ a: rfgk_width, _ surrogate: Shape) {
  let threshold = all(a.threshold)
  let leak = all(a.leak)
  let carried = all(a.cut_reset != 0 ? 0 : 1)
  let zero = Float16x()
  var i = 0
  while i < Int(a.count) {
    let u = rfgv_load(a.potential + i)
    let x = u - threshold
    // ds and d|s| of the spike function itself: a negative threshold's spike counts with -1, and its x is -u - threshold.
    var spike = zero - x * surrogate(x)
    var size = spike
    if a.ternary != 0 {
      let y = zero - u - threshold
      let negative = y * surrogate(y)
      spike += negative
      size -= negative
    }
    let du = leak * rfgv_load(a.sensitivity + i)
    let lost = carried * (a.hard_reset != 0 ? u * size : threshold * spike)
    rfgv_store(a.sensitivity + i, multiplyAdd(rfgv_load(a.rho + i), du, zero - lost))
    let sum = rfgv_load(a.sensitivity_sum + i) + spike
    rfgv_store(a.sensitivity_sum + i, multiplyAdd(rfgv_load(a.psi + i), du, sum))
    i &+= 16
  }
}
