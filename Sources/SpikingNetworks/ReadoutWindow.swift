import Glibc

/// How a linear readout weighs the spikes of the time steps.
package enum ReadoutWindow: Equatable, Sendable {
  /// All alike: the mean spike train.
  case flat
  /// Step t of T by leak^(T - t).
  case leaky(Float)
  /// Step t of T by t (T + 1 - t).
  ///
  /// What a neuron with a soft reset has not spiked yet, it carries on: its spikes are its current, and noise of high
  /// frequencies, as of a first-order sigma-delta modulator. A count cuts them off at both ends, by up to a spike; a
  /// window that falls to nothing there filters the noise (Candy et al. 1976, IEEE Trans. Commun. 24(11), by a triangle).
  case tapered

  /// What a sum of spikes keeps when time step `step` of `planned`, from 0, comes: the weight of the step before it
  /// over its own.
  func kept(at step: Int, of planned: Int) -> Float {
    switch self {
    case .flat: return 1
    case .leaky(let leak): return leak
    case .tapered:
      return step == 0 ? 0 : Float(Self.taper(step - 1, planned) / Self.taper(step, planned))
    }
  }

  /// The weight of time step `before` of `planned`, from 1, over that of step `steps`: of a sum up to there, what is kept
  /// when the steps between have come.
  func weight(of before: Int, over steps: Int, of planned: Int) -> Double {
    switch self {
    case .flat: 1
    case .leaky(let leak): pow(Double(leak), Double(steps - before))
    case .tapered: Self.taper(before - 1, planned) / Self.taper(steps - 1, planned)
    }
  }

  /// What such a sum over `steps` of `planned` time steps is multiplied by to be a mean: the last one's weight over
  /// that of all.
  func scale(steps: Int, of planned: Int) -> Float {
    let count = max(steps, 1)
    switch self {
    case .flat: return 1 / Float(count)
    case .leaky(1): return 1 / Float(count)
    case .leaky(let leak): return Float((1 - Double(leak)) / (1 - pow(Double(leak), Double(count))))
    case .tapered:
      let (n, whole) = (Double(min(count, planned)), Double(planned))
      let before = n * (n + 1) * (3 * (whole + 1) - (2 * n + 1)) / 6
      return Float(Self.taper(count - 1, planned) / (before + Double(max(count - planned, 0)) * whole))
    }
  }

  /// Steps after the last planned one count as that one does.
  private static func taper(_ step: Int, _ planned: Int) -> Double {
    let t = Double(min(step + 1, planned))
    return t * (Double(planned) + 1 - t)
  }
}
