package import CSystem

/// Time steps of a leaky integrate-and-fire layer for a tile of samples, and the factors of its surrogate.
///
/// Time is proportional to `padded` times (`steps` + presynaptic spikes) per sample. Equations: `rfgk_integrate`.
@inline(never)
package func integrateAndFire(_ a: UnsafePointer<rfgk_integrate>) {
  if a.pointee.in_words > 0 { integrate(a) }
  fire(a)
}

/// I = base + sum of weight rows, for all rows, 64 at a time: then weights are fetched seldom, and currents stay near.
@inline(__always)
private func integrate(_ a: UnsafePointer<rfgk_integrate>) {
  let rows = (Int(a.pointee.steps) &- 1) &* Int(a.pointee.step_rows) &+ Int(a.pointee.samples)
  var first = 0
  while first < rows {
    let last = min(first &+ 64, rows)
    let dense = denseRows(a.pointee, first, last)
    if dense != 0 { sumFromTables(a, first, dense) }
    if dense.nonzeroBitCount < last &- first { sumRows(a, first, last, without: dense) }
    first = last
  }
}

/// The rows that are summed from tables, as bits from `first` on. Each is judged alone, so that its neighbours do not
/// matter.
@inline(__always)
private func denseRows(_ a: rfgk_integrate, _ first: Int, _ last: Int) -> UInt64 {
  if a.tables == nil { return 0 }
  let words = Int(a.in_words)
  var dense: UInt64 = 0
  var row = first
  while row < last {
    var spikes = 0
    var word = 0
    while word < words {
      spikes &+= a.in_positive[row &* words &+ word].nonzeroBitCount
      word &+= 1
    }
    if spikes &* 256 > Int(RFGK_TABLE_DENSITY) &* 16 &* Int(a.table_pieces) { dense |= 1 &<< UInt64(row &- first) }
    row &+= 1
  }
  return dense
}

/// What a row's current starts from.
@inline(__always)
func baseRow(_ a: rfgk_integrate, _ row: Int) -> UnsafePointer<Float> {
  if a.base_stride == 0 { return a.base }
  let sample = a.steps == 1 ? row : row % Int(a.step_rows)
  // Rows beyond the samples are nobody's.
  return a.base + min(sample, Int(a.samples) &- 1) &* Int(a.base_stride)
}

/// For the rows from `first` to `last` but those whose bit is set.
@inline(never)
func sumRows(_ a: UnsafePointer<rfgk_integrate>, _ first: Int, _ last: Int, without dense: UInt64) {
  let a = a.pointee
  let padded = Int(a.padded)
  let rows = RowGroup(first: first, last: last, dense: dense)
  var panel = Panel(weights: a.weights, first: 0, width: min(panelWidth, padded))
  while panel.width > 0 {
    var column = 0
    #if RFGSNN_V4
      column = sumBlocks(Twice<Twice<Twice<Floats>>>.self, a, rows, panel, column)
      column = sumBlocks(Twice<Twice<Floats>>.self, a, rows, panel, column)
    #elseif RFGSNN_V3
      column = sumBlocks(Twice<Twice<Floats>>.self, a, rows, panel, column)
    #endif
    column = sumBlocks(Twice<Floats>.self, a, rows, panel, column)
    _ = sumBlocks(Floats.self, a, rows, panel, column)
    panel.first &+= panelWidth
    panel.weights += Int(a.panel_stride)
    panel.width = min(panelWidth, padded &- panel.first)
  }
}

private struct RowGroup {
  let first, last: Int
  let dense: UInt64
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
/// Rows are inside of the words of spikes: 64 weight rows of a panel stay in the nearest cache for all of them.
@inline(__always)
private func sumBlocks<Block: Columns>(
  _ type: Block.Type, _ a: rfgk_integrate, _ rows: RowGroup, _ panel: Panel, _ column: Int
) -> Int where Block.Source == Float, Block.Scalar == Float {
  let padded = Int(a.padded)
  let words = Int(a.in_words)
  var column = column
  while column &+ Block.width <= panel.width {
    var weights = panel.weights + column
    let place = panel.first &+ column
    var word = 0
    while word < words {
      var row = rows.first
      while row < rows.last {
        if rows.dense &>> UInt64(row &- rows.first) & 1 == 0 {
          let current = a.currents + (row &* padded &+ place)
          var block = Block(from: word == 0 ? baseRow(a, row) + place : UnsafePointer(current))
          let spikes = row &* words &+ word
          gather(
            &block, weights, panel.width, positive: a.in_positive[spikes],
            negative: a.in_negative == nil ? 0 : a.in_negative![spikes])
          block.store(to: current)
        }
        row &+= 1
      }
      weights += 64 &* panel.width
      word &+= 1
    }
    column &+= Block.width
  }
  return column
}
