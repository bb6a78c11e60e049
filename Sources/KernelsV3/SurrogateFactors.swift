package import CSystem

/// A surrogate derivative: a bump of area 1 around the threshold, as high as `peak`.
protocol Surrogate {
  init(peak: Float)
  func callAsFunction(_ x: Float16x) -> Float16x
}

@inline(__always) private var log2OfE: Float { 1.442_695_04 }

struct Gaussian: Surrogate {
  let peak, exponent: Float16x
  @inline(__always) init(peak: Float) {
    self.peak = all(peak)
    exponent = all(-Float.pi * peak * peak * log2OfE)
  }
  @inline(__always) func callAsFunction(_ x: Float16x) -> Float16x { peak * powerOfTwo(exponent * (x * x)) }
}

struct FastSigmoid: Surrogate {
  let peak, slope: Float16x
  @inline(__always) init(peak: Float) {
    self.peak = all(peak)
    slope = all(2 * peak)
  }
  @inline(__always) func callAsFunction(_ x: Float16x) -> Float16x {
    let d = multiplyAdd(slope, rfgv_abs(x), all(1))
    return peak / (d * d)
  }
}

struct Arctangent: Surrogate {
  let peak, slope: Float16x
  @inline(__always) init(peak: Float) {
    self.peak = all(peak)
    slope = all(Float.pi * peak)
  }
  @inline(__always) func callAsFunction(_ x: Float16x) -> Float16x {
    let y = slope * x
    return peak / multiplyAdd(y, y, all(1))
  }
}

struct Sigmoid: Surrogate {
  let slope, exponent: Float16x
  @inline(__always) init(peak: Float) {
    slope = all(4 * peak)
    exponent = all(-4 * peak * log2OfE)
  }
  @inline(__always) func callAsFunction(_ x: Float16x) -> Float16x {
    // s(1 - s) = e / (1 + e)^2 is even in x; the negative exponent cannot overflow.
    let e = powerOfTwo(exponent * rfgv_abs(x))
    let d = all(1) + e
    return slope * e / (d * d)
  }
}

struct Triangle: Surrogate {
  let peak, slope: Float16x
  @inline(__always) init(peak: Float) {
    self.peak = all(peak)
    slope = all(-peak * peak)
  }
  @inline(__always) func callAsFunction(_ x: Float16x) -> Float16x {
    rfgv_max(multiplyAdd(slope, rfgv_abs(x), peak), Float16x())
  }
}

struct Boxcar: Surrogate {
  let peak, halfWidth: Float16x
  @inline(__always) init(peak: Float) {
    self.peak = all(peak)
    halfWidth = all(0.5 / peak)
  }
  @inline(__always) func callAsFunction(_ x: Float16x) -> Float16x {
    Float16x().replacing(with: peak, where: rfgv_abs(x) .<= halfWidth)
  }
}

/// Surrogate derivative factors of one layer, and each neuron's own sensitivity to a constant current.
///
/// Time is proportional to `count`. Equations: `rfgk_surrogate`.
@inline(never)
package func surrogateFactors(_ a: UnsafePointer<rfgk_surrogate>) {
  switch a.pointee.kind {
  case 0: gaussianFactors(a)
  case 1: fastSigmoidFactors(a)
  case 2: arctangentFactors(a)
  case 3: sigmoidFactors(a)
  case 4: triangleFactors(a)
  default: boxcarFactors(a)
  }
}

// One function per shape, and not generic: specialised generic functions would be weak symbols.

@inline(never)
func gaussianFactors(_ a: UnsafePointer<rfgk_surrogate>) {
  differentiate(a.pointee, Gaussian(peak: a.pointee.peak))
}

@inline(never)
func fastSigmoidFactors(_ a: UnsafePointer<rfgk_surrogate>) {
  differentiate(a.pointee, FastSigmoid(peak: a.pointee.peak))
}

@inline(never)
func arctangentFactors(_ a: UnsafePointer<rfgk_surrogate>) {
  differentiate(a.pointee, Arctangent(peak: a.pointee.peak))
}

@inline(never)
func sigmoidFactors(_ a: UnsafePointer<rfgk_surrogate>) {
  differentiate(a.pointee, Sigmoid(peak: a.pointee.peak))
}

@inline(never)
func triangleFactors(_ a: UnsafePointer<rfgk_surrogate>) {
  differentiate(a.pointee, Triangle(peak: a.pointee.peak))
}

@inline(never)
func boxcarFactors(_ a: UnsafePointer<rfgk_surrogate>) {
  differentiate(a.pointee, Boxcar(peak: a.pointee.peak))
}

@inline(__always)
private func differentiate<Shape: Surrogate>(_ a: rfgk_surrogate, _ surrogate: Shape) {
  var i = 0
  while i < Int(a.count) {
    write(factors(a, rfgv_load(a.potential + i), surrogate), a, i)
    i &+= 16
  }
}

/// What a time step's derivatives need of 16 neurons.
struct Factors {
  /// ds/du~ and du/du~.
  var psi, rho: Float16x

  @inline(__always) init(psi: Float16x, rho: Float16x) {
    self.psi = psi
    self.rho = rho
  }

  /// - Parameters:
  ///   - minusSlope: psi of the negative threshold minus psi of the positive one.
  ///   - silent: 1 where no spike is, else 0.
  @inline(__always)
  init(_ a: rfgk_surrogate, _ u: Float16x, psi: Float16x, minusSlope: Float16x, silent: Float16x) {
    // Adding 0 psi is the same as adding nothing.
    let lost = all(a.cut_reset != 0 ? 0 : a.hard_reset != 0 ? 1 : -a.threshold)
    self.psi = psi
    rho = a.hard_reset != 0 ? multiplyAdd(u, lost * minusSlope, silent) : multiplyAdd(lost, psi, all(1))
  }

  /// du = rho du~ and the sum plus psi du~, with du~ = leak du + 1. Not with inout arguments: they are not inlined.
  @inline(__always)
  func moved(_ sensitivity: Float16x, _ sum: Float16x, leak: Float16x) -> (Float16x, Float16x) {
    let du = multiplyAdd(leak, sensitivity, all(1))
    return (rho * du, multiplyAdd(psi, du, sum))
  }
}

/// The factors of 16 potentials.
@inline(__always)
func factors<Shape: Surrogate>(_ a: rfgk_surrogate, _ u: Float16x, _ surrogate: Shape) -> Factors {
  let threshold = all(a.threshold)
  let minusThreshold = all(-a.threshold)
  let zero = Float16x()
  var psi = surrogate(u - threshold)
  var minusSlope = zero - psi
  var silent = all(1).replacing(with: zero, where: u .>= threshold)
  if a.ternary != 0 {
    // The shapes are even: psi(-u - threshold) = psi(u + threshold).
    let negative = surrogate(u - minusThreshold)
    psi += negative
    minusSlope += negative
    silent.replace(with: zero, where: u .<= minusThreshold)
  }
  return Factors(a, u, psi: psi, minusSlope: minusSlope, silent: silent)
}

/// Stores the factors of 16 neurons, and moves their sensitivities on.
@inline(__always)
func write(_ factors: Factors, _ a: rfgk_surrogate, _ i: Int) {
  if let out = a.psi { rfgv_store(out + i, factors.psi) }
  if let out = a.rho { rfgv_store(out + i, factors.rho) }
  if let sensitivity = a.sensitivity, let sum = a.sensitivity_sum {
    var before = rfgv_load(sum + i)
    if let kept = a.kept { before *= kept.pointee }
    let moved = factors.moved(rfgv_load(sensitivity + i), before, leak: all(a.leak))
    rfgv_store(sensitivity + i, moved.0)
    rfgv_store(sum + i, moved.1)
  }
}
