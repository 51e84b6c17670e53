const absent = () => {
  throw new Error('request: frames are not read from a URL here. Hint: download the file first.');
};
module.exports = Object.assign(absent, { get: absent });
