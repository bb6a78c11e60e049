import CSystem
import Peak

/// What a kernel is compared with.
enum Limit {
  /// Multiply-adds from registers: floating point operations.
  case arithmetic
  /// Loads from the nearest cache that the kernel's data fit into: bytes.
  case bandwidth(footprint: Int)
}

/// A kernel on data of one size.
struct Measurement {
  let name: String
  let limit: Limit
  /// Operations or bytes of a call.
  let work: Double
  let body: () -> Void
}

/// Seconds of a call: as many calls as fill 2 ms, at least one.
func seconds(_ body: () -> Void) -> Double {
  var calls = 1
  while true {
    let began = rfgs_seconds()
    for _ in 0..<calls { body() }
    let elapsed = rfgs_seconds() - began
    if elapsed > 0.002 { return elapsed / Double(calls) }
    calls *= elapsed > 0.0002 ? Int(0.0025 / elapsed) + 1 : 8
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let half = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/// Medians over some rounds, in each of which the limit is measured right before the kernel: the machine is shared,
/// and its speed drifts.
func measure(_ measurement: Measurement, level: Int32, rounds: Int) -> (rate: Double, share: Double) {
  var rates: [Double] = []
  var shares: [Double] = []
  for _ in 0..<rounds {
    let most = best(measurement.limit, level: level)
    let rate = measurement.work / seconds(measurement.body)
    rates.append(rate)
    shares.append(rate / most)
  }
  return (median(rates), median(shares))
}

private func best(_ limit: Limit, level: Int32) -> Double {
  switch limit {
  case .arithmetic:
    let rounds: Int64 = 2000
    var operations = 0.0
    let elapsed = seconds { operations = rfgp_multiply_adds(level, rounds) }
    return operations / elapsed
  case .bandwidth(let footprint):
    let count = max(footprint / 4 / 128, 8) * 128
    let values = Numbers(count)
    var sum: Float = 0
    let elapsed = seconds { sum += rfgp_loads(level, values.pointer, Int64(count), 1) }
    precondition(sum.isFinite)
    return 4 * Double(count) / elapsed
  }
}

/// Aligned numbers between -1 and 1, the same every time.
final class Numbers {
  let pointer: UnsafeMutablePointer<Float>

  init(_ count: Int) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * max(count, 1), alignment: 64)
    pointer = memory.bindMemory(to: Float.self, capacity: count)
    var state: UInt32 = 1
    for index in 0..<count {
      state = state &* 1_664_525 &+ 1_013_904_223
      pointer[index] = Float(state >> 8) / 8_388_608 - 1
    }
  }

  deinit { pointer.deallocate() }
}
