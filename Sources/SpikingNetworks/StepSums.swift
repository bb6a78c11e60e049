import Runtime

/// A tile's sums over time steps, in two levels.
///
/// In single precision an addition to a sum of n like numbers has an error of up to n roundings: of a million steps, a
/// hundredth is lost, and counts of more than 2^24 stand still. So kernels add up at most `longest` steps, which are
/// then added to sums in double precision; passes of fewer steps have no second level.
///
/// Sums that a readout weighs are in units of the weight of the latest step (see ReadoutWindow.kept).
final class StepSums {
  /// Steps of the first level.
  static let longest = 4096

  private static var purpose: Sentence { "the sums over the time steps of \(TileState.samples) samples" }

  private let stack: Stack
  private let recent: Buffer<Float>
  private let earlier: Buffer<Double>?
  /// Sums given out, and where those begin that are weighed.
  private var taken = 0
  private var weighed: Int
  /// Time steps in `earlier`.
  private var folded = 0

  /// - Parameters:
  ///   - count: sums in all.
  ///   - folds: whether there may be more than `longest` steps.
  init(_ stack: Stack, count: Int, folds: Bool, account: MemoryAccount) throws(Failure) {
    self.stack = stack
    weighed = count
    recent = try Buffer(count, for: Self.purpose, account: account)
    earlier = folds ? try Buffer(count, for: Self.purpose, account: account) : nil
  }

  /// Whether more than `longest` steps can be summed.
  var folds: Bool { earlier != nil }

  /// The next sums, for kernels to add to.
  func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let place = recent.base + taken
    taken += count
    return place
  }

  /// All sums that are taken from now on are weighed by the readout.
  func beginWeighed() { weighed = taken }

  /// Back to 0.
  func clear() {
    recent.clear()
    if folded > 0 { earlier?.clear() }
    folded = 0
  }

  /// Steps that may come before `fold` must be called again.
  func room(after steps: Int) -> Int { folds ? Self.longest - (steps - folded) : .max }

  /// Takes up what has been summed in `steps` time steps, if that is as much as the first level holds.
  func fold(after steps: Int) {
    guard let earlier, room(after: steps) == 0 else { return }
    let factor = stack.readoutWeight(of: folded, over: steps)
    for index in 0..<weighed { earlier.base[index] += Double(recent.base[index]) }
    for index in weighed..<taken { earlier.base[index] = factor * earlier.base[index] + Double(recent.base[index]) }
    recent.clear()
    folded = steps
  }

  /// Writes sums, of which kernels have the first at `place`, after `steps` time steps.
  func read(
    _ place: UnsafePointer<Float>, count: Int, after steps: Int, into values: UnsafeMutablePointer<Float>
  ) {
    guard folded > 0, let earlier else { return values.update(from: place, count: count) }
    let first = place - UnsafePointer(recent.base)
    let factor = first < weighed ? 1 : stack.readoutWeight(of: folded, over: steps)
    for index in 0..<count { values[index] = Float(factor * earlier.base[first + index] + Double(place[index])) }
  }
}
