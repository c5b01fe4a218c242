/** Records of a batch, whoever batches. */
export const BATCH_RECORDS = 16
