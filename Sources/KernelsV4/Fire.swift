internal import CSystem

// Threshold, reset, count and mask, and the factors of the surrogate if they are wanted. Neurons stay in registers for
// all time steps of a call.

@inline(__always)
func fire(_ a: UnsafePointer<rfgk_integrate>) {
  let isCommon =
    a.pointee.ternary == 0 && a.pointee.hard_reset == 0 && a.pointee.potential == nil && a.pointee.kept == nil
  guard let wanted = a.pointee.surrogate else {
    if isCommon { fireAlone(a) } else { fireAny(a) }
    return
  }
  if isCommon {
    switch wanted.pointee.kind {
    case 0: fireGaussian(a)
    case 1: fireFastSigmoid(a)
    case 2: fireArctangent(a)
    case 3: fireSigmoid(a)
    case 4: fireTriangle(a)
    default: fireBoxcar(a)
    }
  } else {
    fireAny(a)
    differentiateKept(a)
  }
}

// One function per shape, and not generic: specialised generic functions would be weak symbols.

@inline(never)
func fireAlone(_ a: UnsafePointer<rfgk_integrate>) {
  fireCommon(a.pointee, rfgk_surrogate(), Boxcar(peak: 1), moves: false)
}

@inline(never)
func fireGaussian(_ a: UnsafePointer<rfgk_integrate>) {
  let wanted = a.pointee.surrogate.pointee
  fireCommon(a.pointee, wanted, Gaussian(peak: wanted.peak), moves: true)
}

@inline(never)
func fireFastSigmoid(_ a: UnsafePointer<rfgk_integrate>) {
  let wanted = a.pointee.surrogate.pointee
  fireCommon(a.pointee, wanted, FastSigmoid(peak: wanted.peak), moves: true)
}

@inline(never)
func fireArctangent(_ a: UnsafePointer<rfgk_integrate>) {
  let wanted = a.pointee.surrogate.pointee
  fireCommon(a.pointee, wanted, Arctangent(peak: wanted.peak), moves: true)
}

@inline(never)
func fireSigmoid(_ a: UnsafePointer<rfgk_integrate>) {
  let wanted = a.pointee.surrogate.pointee
  fireCommon(a.pointee, wanted, Sigmoid(peak: wanted.peak), moves: true)
}

@inline(never)
func fireTriangle(_ a: UnsafePointer<rfgk_integrate>) {
  let wanted = a.pointee.surrogate.pointee
  fireCommon(a.pointee, wanted, Triangle(peak: wanted.peak), moves: true)
}

@inline(never)
func fireBoxcar(_ a: UnsafePointer<rfgk_integrate>) {
  let wanted = a.pointee.surrogate.pointee
  fireCommon(a.pointee, wanted, Boxcar(peak: wanted.peak), moves: true)
}

/// Where the current of the first step is, and how far it is from one step to the next.
@inline(__always)
private func current(_ a: rfgk_integrate, _ sample: Int, _ column: Int) -> (UnsafePointer<Float>, stride: Int) {
  if a.in_words == 0 { return (a.base + (sample &* Int(a.base_stride) &+ column), 0) }
  let place = sample &* Int(a.padded) &+ column
  return (UnsafePointer(a.currents + place), stepFloats(a))
}

// MARK: - Binary spikes with a soft reset or none, neither potentials nor weighed sums: no branch in a time step that
// is not foreseen

/// Sixteen neurons of a sample.
private struct Neurons {
  var membrane, count: Float16x
  var sensitivity = Float16x()
  var sensitivitySum = Float16x()
}

@inline(__always)
private func fireCommon<Shape: Surrogate>(
  _ a: rfgk_integrate, _ wanted: rfgk_surrogate, _ surrogate: Shape, moves: Bool
) {
  let steps = Int(a.steps)
  let keeps = moves && wanted.psi != nil
  let model = Model(
    leak: all(a.leak), threshold: all(a.threshold), minusReset: all(a.no_reset != 0 ? 0 : -a.threshold),
    lost: all(wanted.cut_reset != 0 || a.no_reset != 0 ? 0 : -a.threshold))
  var sample = 0
  while sample < Int(a.samples) {
    let place = sample &* Int(a.padded)
    var column = 0
    #if RFGSNN_V4
      // A step waits for the one before: two vectors of neurons keep the processor busy.
      while column &+ 32 <= Int(a.padded) {
        var left = load(a, wanted, place &+ column, moves)
        var right = load(a, wanted, place &+ column &+ 16, moves)
        var (current, stride) = current(a, sample, column)
        var byte = firstByte(a, sample, column)
        var factors = place &+ column
        var step = 0
        while step < steps {
          let one = advance(model, surrogate, left, rfgv_load(current), moves)
          let other = advance(model, surrogate, right, rfgv_load(current + 16), moves)
          if keeps {
            keep(one.factors, wanted, factors)
            keep(other.factors, wanted, factors &+ 16)
            factors &+= stepFloats(a)
          }
          left = one.neurons
          right = other.neurons
          storeMask(one.mask, a.out_positive, byte)
          storeMask(other.mask, a.out_positive, byte &+ 2)
          current += stride
          byte &+= stepBytes(a)
          step &+= 1
        }
        store(a, wanted, left, place &+ column, moves)
        store(a, wanted, right, place &+ column &+ 16, moves)
        column &+= 32
      }
    #endif
    while column < Int(a.padded) {
      var neurons = load(a, wanted, place &+ column, moves)
      var (current, stride) = current(a, sample, column)
      var byte = firstByte(a, sample, column)
      var factors = place &+ column
      var step = 0
      while step < steps {
        let after = advance(model, surrogate, neurons, rfgv_load(current), moves)
        if keeps {
          keep(after.factors, wanted, factors)
          factors &+= stepFloats(a)
        }
        neurons = after.neurons
        storeMask(after.mask, a.out_positive, byte)
        current += stride
        byte &+= stepBytes(a)
        step &+= 1
      }
      store(a, wanted, neurons, place &+ column, moves)
      column &+= 16
    }
    clearUnused(a, sample)
    sample &+= 1
  }
}

private struct Model {
  let leak, threshold, minusReset: Float16x
  /// What a spike's reset takes from the sensitivity.
  let lost: Float16x
}

/// One time step: the neurons after it, the mask of their spikes, and the factors if anything moves. Not with inout
/// arguments: they are not inlined.
@inline(__always)
private func advance<Shape: Surrogate>(
  _ model: Model, _ surrogate: Shape, _ before: Neurons, _ current: Float16x, _ moves: Bool
) -> (neurons: Neurons, mask: UInt16, factors: Factors) {
  var after = before
  let u = multiplyAdd(model.leak, before.membrane, current)
  let spike = Float16x().replacing(with: all(1), where: u .>= model.threshold)
  after.membrane = multiplyAdd(model.minusReset, spike, u)
  after.count = before.count + spike
  var factors = Factors(psi: Float16x(), rho: Float16x())
  if moves {
    let psi = surrogate(u - model.threshold)
    factors = Factors(psi: psi, rho: multiplyAdd(model.lost, psi, all(1)))
    (after.sensitivity, after.sensitivitySum) = factors.moved(
      before.sensitivity, before.sensitivitySum, leak: model.leak)
  }
  return (after, rfgv_mask_not_below(u, model.threshold), factors)
}

@inline(__always)
private func keep(_ factors: Factors, _ wanted: rfgk_surrogate, _ place: Int) {
  rfgv_store(wanted.psi + place, factors.psi)
  rfgv_store(wanted.rho + place, factors.rho)
}

@inline(__always)
private func load(
  _ a: rfgk_integrate, _ wanted: rfgk_surrogate, _ place: Int, _ moves: Bool
) -> Neurons {
  var neurons = Neurons(membrane: rfgv_load(a.membrane + place), count: rfgv_load(a.count + place))
  if moves, let sensitivity = wanted.sensitivity, let sum = wanted.sensitivity_sum {
    neurons.sensitivity = rfgv_load(sensitivity + place)
    neurons.sensitivitySum = rfgv_load(sum + place)
  }
  return neurons
}

@inline(__always)
private func store(
  _ a: rfgk_integrate, _ wanted: rfgk_surrogate, _ neurons: Neurons, _ place: Int, _ moves: Bool
) {
  rfgv_store(a.membrane + place, neurons.membrane)
  rfgv_store(a.count + place, neurons.count)
  if moves, let sensitivity = wanted.sensitivity, let sum = wanted.sensitivity_sum {
    rfgv_store(sensitivity + place, neurons.sensitivity)
    rfgv_store(sum + place, neurons.sensitivitySum)
  }
}

// MARK: - Any neuron, any outputs

/// Where factors are wanted, potentials are left where the currents were.
@inline(never)
func fireAny(_ a: UnsafePointer<rfgk_integrate>) {
  let a = a.pointee
  let keeps = a.surrogate != nil
  let leak = all(a.leak)
  let zero = Float16x()
  let threshold = all(a.threshold)
  let minusThreshold = all(-a.threshold)
  let minusReset = all(a.no_reset != 0 ? 0 : -a.threshold)
  var sample = 0
  while sample < Int(a.samples) {
    var column = 0
    while column < Int(a.padded) {
      let place = sample &* Int(a.padded) &+ column
      var (current, stride) = current(a, sample, column)
      var membrane = rfgv_load(a.membrane + place)
      var count = rfgv_load(a.count + place)
      var byte = firstByte(a, sample, column)
      var step = 0
      while step < Int(a.steps) {
        let u = multiplyAdd(leak, membrane, rfgv_load(current))
        if let out = a.potential { rfgv_store(out + place, u) }
        if keeps { rfgv_store(a.currents + (step &* stepFloats(a) &+ place), u) }
        var spike = zero.replacing(with: all(1), where: u .>= threshold)
        storeMask(rfgv_mask_not_below(u, threshold), a.out_positive, byte)
        if a.ternary != 0 {
          spike.replace(with: all(-1), where: u .<= minusThreshold)
          if let out = a.out_negative { storeMask(rfgv_mask_not_below(minusThreshold, u), out, byte) }
        }
        if let kept = a.kept { count *= all(kept[step]) }
        count += spike
        membrane =
          a.hard_reset != 0 ? u.replacing(with: zero, where: spike .!= zero) : multiplyAdd(minusReset, spike, u)
        current += stride
        byte &+= stepBytes(a)
        step &+= 1
      }
      rfgv_store(a.membrane + place, membrane)
      rfgv_store(a.count + place, count)
      column &+= 16
    }
    clearUnused(a, sample)
    sample &+= 1
  }
}

/// The factors of the potentials that `fireAny` has kept.
@inline(__always)
private func differentiateKept(_ arguments: UnsafePointer<rfgk_integrate>) {
  let a = arguments.pointee
  var wanted = a.surrogate.pointee
  wanted.count = Int64(a.samples) &* Int64(a.padded)
  wanted.leak = a.leak
  wanted.threshold = a.threshold
  wanted.ternary = a.ternary
  wanted.hard_reset = a.hard_reset
  // Nothing is lost at a reset that is not.
  if a.no_reset != 0 { wanted.cut_reset = 1 }
  var potentials: UnsafeMutablePointer<Float> = a.currents
  var step = 0
  while step < Int(a.steps) {
    wanted.potential = UnsafePointer(potentials)
    wanted.kept = a.kept.map { $0 + step }
    surrogateFactors(&wanted)
    potentials += stepFloats(a)
    if let psi = wanted.psi { wanted.psi = psi + stepFloats(a) }
    if let rho = wanted.rho { wanted.rho = rho + stepFloats(a) }
    step &+= 1
  }
}

// MARK: - Masks: little-endian, so the bits of 16 neurons are two bytes of their word

@inline(__always)
private func firstByte(_ a: rfgk_integrate, _ sample: Int, _ column: Int) -> Int {
  sample &* Int(a.out_words) &* 8 &+ column / 8
}

@inline(__always)
private func stepFloats(_ a: rfgk_integrate) -> Int { Int(a.step_rows) &* Int(a.padded) }

@inline(__always)
private func stepBytes(_ a: rfgk_integrate) -> Int { Int(a.step_rows) &* Int(a.out_words) &* 8 }

@inline(__always)
private func storeMask(_ bits: UInt16, _ masks: UnsafeMutablePointer<UInt64>, _ byte: Int) {
  UnsafeMutableRawPointer(masks).storeBytes(of: bits, toByteOffset: byte, as: UInt16.self)
}

/// Zeroes the bits of a sample's masks beyond its neurons.
@inline(__always)
private func clearUnused(_ a: rfgk_integrate, _ sample: Int) {
  let used = Int(a.padded) / 8
  var step = 0
  while used < Int(a.out_words) &* 8 && step < Int(a.steps) {
    let first = step &* stepBytes(a) &+ sample &* Int(a.out_words) &* 8
    var byte = used
    while byte < Int(a.out_words) &* 8 {
      storeMask(0, a.out_positive, first &+ byte)
      if let out = a.out_negative { storeMask(0, out, first &+ byte) }
      byte &+= 2
    }
    step &+= 1
  }
}
