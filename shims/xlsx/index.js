const absent = () => {
  throw new Error('xlsx: Excel files are not supported here. Hint: use CSV or JSON.');
};
module.exports = {
  read: absent,
  readFile: absent,
  writeFile: absent,
  utils: { aoa_to_sheet: absent, book_new: absent, book_append_sheet: absent, sheet_to_json: absent },
};
