import CSystem
import Kernels
import Runtime

/// Sums of presynaptic spikes times postsynaptic rows, for one thread: the weight gradients of methods that keep every
/// time step's.
struct SpikeProducts {
  /// Columns of a layer's weights that a thread takes at a time; every element is summed by one thread in the order of
  /// the rows, so that results do not depend on this.
  static func columns(of width: Int) -> Int {
    width < 2 * Int(RFGK_SCATTER_COLUMNS) ? 32 : Int(RFGK_SCATTER_COLUMNS)
  }

  private let rows: Buffer<Float>
  private let masks: Buffer<UInt64>

  init(account: MemoryAccount) throws(Failure) {
    rows = try Buffer(64 * Int(RFGK_SCATTER_COLUMNS), for: "weight gradients", account: account)
    masks = try Buffer(128, for: "weight gradients", account: account)
  }

  /// Adds to columns of the weights' gradient.
  ///
  /// - Parameters:
  ///   - positive: masks [count][words], and so are negative ones, if there are any.
  ///   - source: [count][width].
  ///   - target: [presynaptic][width].
  func add(
    _ count: Int, positive: UnsafePointer<UInt64>, negative: UnsafePointer<UInt64>?, words: Int,
    source: UnsafePointer<Float>, width: Int, columns: Range<Int>, into target: UnsafeMutablePointer<Float>,
    _ kernels: KernelTable
  ) {
    var arguments = rfgk_scatter(
      rows: Int64(count), padded: Int32(width), words: Int32(words), first_column: Int32(columns.lowerBound),
      last_column: Int32(columns.upperBound), positive: positive, negative: negative, source: source, matrix: target,
      row_scratch: rows.base, mask_scratch: masks.base)
    kernels.scatterRows(&arguments)
  }
}
