import Runtime
import SpikingNetworks
import Synchronization

/// Memory of a host in single precision, rows one after the other.
///
/// It lives until the tests end, so that a test may pass `array` on without keeping the matrix.
package struct HostMatrix {
  package let array: HostArray
  private let base: UnsafeMutablePointer<Float>
  private let count: Int

  private struct Memory: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
  }
  private static let kept = Mutex<[Memory]>([])

  private init(_ values: [Double], times: Int, samples: Int, features: Int) {
    let base = UnsafeMutablePointer<Float>.allocate(capacity: max(values.count, 1))
    let memory = Memory(base: base)
    Self.kept.withLock { $0.append(memory) }
    for (index, value) in values.enumerated() { base[index] = Float(value) }
    self.base = base
    count = values.count
    array = HostArray(
      base: UnsafeMutableRawPointer(base), scalar: .float32, times: times, samples: samples, features: features,
      timeStride: samples * features, sampleStride: features, featureStride: 1)
  }

  /// [samples][features]
  package init(_ rows: [[Double]]) {
    self.init(rows.flatMap { $0 }, times: 0, samples: rows.count, features: rows[0].count)
  }

  /// From [sample][time][feature] to the host's [time][sample][feature].
  package init(samplesOverTime rows: [[[Double]]]) {
    let values = rows[0].indices.flatMap { time in rows.flatMap { $0[time] } }
    self.init(values, times: rows[0].count, samples: rows.count, features: rows[0][0].count)
  }

  /// Zeros [samples][features].
  package init(samples: Int, features: Int) {
    self.init([Double](repeating: 0, count: samples * features), times: 0, samples: samples, features: features)
  }

  /// As the inputs of a network of one stack.
  package var data: NetworkData { NetworkData(array) }

  /// All numbers in the order of memory.
  package var values: [Float] { (0..<count).map { base[$0] } }

  package var rows: [[Double]] {
    (0..<array.samples).map { sample in
      (0..<array.features).map { Double(base[sample * array.features + $0]) }
    }
  }
}
