import CSystem
import Kernels
import Runtime

/// Tables of sums of weight rows (see `rfgk_tables`), of the layers that gain from them: those whose tables stay in a
/// core's own cache from one time step to the next.
final class SpikeTables {
  /// Where samples are fewer, tables cost more than they save.
  private static let leastSamples = 64
  /// Tables are read from the second cache; for fewer rows at a time that takes longer than what they save.
  private static let leastRows = 64
  private static let mostBytes = 512 * 1024

  /// By layer.
  let tables: [Buffer<Float>?]
  private var version = -1

  /// Whether a pass gains from tables. Not a matter of how it is stepped, which must not change a bit; and never where
  /// nothing is differentiated, as a prediction is not to depend on the batch that it is in.
  static func pay(_ samples: Int, _ stack: Stack, _ riders: Riders) -> Bool {
    riders.surrogates && samples >= leastSamples
      && TileState.stepsAtOnce(stack, riders) * TileState.samples >= leastRows
  }

  static func pieces(_ layer: LIFLayer) -> Int { (layer.inputs + 15) / 16 }

  init(_ stack: Stack, account: MemoryAccount) throws(Failure) {
    var tables: [Buffer<Float>?] = []
    for (index, layer) in stack.layers.enumerated() {
      let count = 64 * Self.pieces(layer) * layer.width
      let gains = index > 0 && !stack.neuron.ternary && count * MemoryLayout<Float>.stride <= Self.mostBytes
      tables.append(gains ? try Buffer(count, for: "tables of weights", account: account) : nil)
    }
    self.tables = tables
  }

  /// Fills them, unless they are of these parameters.
  func take(_ parameters: PackedParameters, _ stack: Stack, _ kernels: KernelTable) {
    if version == parameters.version { return }
    version = parameters.version
    for (index, layer) in stack.layers.enumerated() {
      guard let table = tables[index] else { continue }
      var arguments = rfgk_tables(
        presynaptic: Int32(layer.inputs), padded: Int32(layer.width), pieces: Int32(Self.pieces(layer)),
        weights: UnsafePointer(parameters.weights[index]), tables: table.base)
      kernels.fillTables(&arguments)
    }
  }
}
