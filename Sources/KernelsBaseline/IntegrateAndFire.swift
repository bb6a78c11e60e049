package import CSystem

/// Time steps of a leaky integrate-and-fire layer for a tile of samples, and the factors of its surrogate.
///
/// Time is proportional to `padded` times (`steps` + presynaptic spikes) per sample. Equations: `rfgk_integrate`.
@inline(never)
package func integrateAndFire(_ a: UnsafePointer<rfgk_integrate>) {
  if a.pointee.in_words > 0 { integrate(a) }
  fire(a)
}

/// membrane = leak membrane + base + sum of weight rows, for all samples.
@inline(never)
func integrate(_ a: UnsafePointer<rfgk_integrate>) {
  let a = a.pointee
  let padded = Int(a.padded)
  var panel = Panel(weights: a.weights, first: 0, width: min(panelWidth, padded))
  while panel.width > 0 {
    var column = 0
    #if RFGSNN_V4
      column = integrateBlocks(Twice<Twice<Twice<Floats>>>.self, a, panel, column)
      column = integrateBlocks(Twice<Twice<Floats>>.self, a, panel, column)
    #elseif RFGSNN_V3
      column = integrateBlocks(Twice<Twice<Floats>>.self, a, panel, column)
    #endif
    column = integrateBlocks(Twice<Floats>.self, a, panel, column)
    _ = integrateBlocks(Floats.self, a, panel, column)
    panel.first &+= panelWidth
    panel.weights += Int(a.panel_stride)
    panel.width = min(panelWidth, padded &- panel.first)
  }
}

private var panelWidth: Int { Int(RFGK_PANEL) }

/// Neighbouring columns of the weights, stored together.
private struct Panel {
  /// [presynaptic][width]
  var weights: UnsafePointer<Float>
  /// Of the whole layer.
  var first: Int
  var width: Int
}

/// Does all whole blocks of a panel from `column` on and returns the first column that is left.
///
/// Samples are inside of the words of spikes: 64 rows of a panel stay in the nearest cache for all samples of the tile.
@inline(__always)
private func integrateBlocks<Block: Columns>(
  _ type: Block.Type, _ a: rfgk_integrate, _ panel: Panel, _ column: Int
) -> Int where Block.Source == Float, Block.Scalar == Float {
  let leak = Block.factor(a.leak)
  let padded = Int(a.padded)
  let words = Int(a.in_words)
  var column = column
  while column &+ Block.width <= panel.width {
    var rows = panel.weights + column
    let place = panel.first &+ column
    var word = 0
    while word < words {
      var sample = 0
      while sample < Int(a.samples) {
        let membrane = a.membrane + (sample &* padded &+ place)
        var block = Block(from: membrane)
        if word == 0 {
          let before = block
          block = Block(from: a.base + (sample &* Int(a.base_stride) &+ place))
          block.addProduct(leak, before)
        }
        let spikes = sample &* words &+ word
        gather(
          &block, rows, panel.width, positive: a.in_positive[spikes],
          negative: a.in_negative == nil ? 0 : a.in_negative![spikes])
        block.store(to: membrane)
        sample &+= 1
      }
      rows += 64 &* panel.width
      word &+= 1
    }
    column &+= Block.width
  }
  return column
}
