package import CSystem

// The current of a layer is the sum of the weight rows of the neurons that spiked. Gathering these rows into
// registers beats a dense product up to a density of about 65 %.

/// Adds to a block of columns the rows of the spikes in one word, and subtracts those in another.
@inline(__always)
func gather<Block: Columns>(
  _ block: inout Block, _ rows: UnsafePointer<Float>, _ stride: Int, positive: UInt64, negative: UInt64
) where Block.Source == Float {
  var bits = positive
  while bits != 0 {
    block.add(from: rows + bits.trailingZeroBitCount &* stride)
    bits &= bits &- 1
  }
  bits = negative
  while bits != 0 {
    block.subtract(from: rows + bits.trailingZeroBitCount &* stride)
    bits &= bits &- 1
  }
}

/// Adds matrix rows to the outputs of a tile of samples, as their spike masks say.
///
/// Time is proportional to the number of spikes times `padded`.
@inline(never)
package func addRows(_ a: UnsafePointer<rfgk_rows>) {
  let a = a.pointee
  var sample = 0
  while sample < Int(a.samples) {
    let positive = a.positive + sample &* Int(a.words)
    let negative = a.negative == nil ? nil : a.negative! + sample &* Int(a.words)
    let out = a.out + sample &* Int(a.out_stride)
    var column = 0
    #if RFGSNN_V4
      column = addBlocks(Twice<Twice<Twice<Floats>>>.self, a, column, positive, negative, out)
      column = addBlocks(Twice<Twice<Floats>>.self, a, column, positive, negative, out)
    #elseif RFGSNN_V3
      column = addBlocks(Twice<Twice<Floats>>.self, a, column, positive, negative, out)
    #endif
    column = addBlocks(Twice<Floats>.self, a, column, positive, negative, out)
    _ = addBlocks(Floats.self, a, column, positive, negative, out)
    sample &+= 1
  }
}

/// Does all whole blocks from `column` on and returns the first column that is left.
@inline(__always)
private func addBlocks<Block: Columns>(
  _ type: Block.Type, _ a: rfgk_rows, _ column: Int,
  _ positive: UnsafePointer<UInt64>, _ negative: UnsafePointer<UInt64>?, _ out: UnsafeMutablePointer<Float>
) -> Int where Block.Source == Float, Block.Scalar == Float {
  var column = column
  while column &+ Block.width <= Int(a.padded) {
    var block = Block(from: out + column)
    var rows = a.matrix + column
    var word = 0
    while word < Int(a.words) {
      gather(
        &block, rows, Int(a.padded), positive: positive[word], negative: negative == nil ? 0 : negative![word])
      rows += 64 &* Int(a.padded)
      word &+= 1
    }
    block.store(to: out + column)
    column &+= Block.width
  }
  return column
}
